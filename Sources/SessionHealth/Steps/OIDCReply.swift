/// What came back for a request to Identity Center's OIDC service.
package enum OIDCReply: Equatable, Sendable {
    /// The body of a 200.
    case answered([UInt8])
    /// An error of OAuth, such as `invalid_grant`, and what the service says of it; without what was sent.
    case refused(error: String, description: String)
    /// Not an answer from the service, or one that says nothing about the request.
    case offline(reason: String)

    /// - Parameters:
    ///   - status: of HTTP.
    ///   - body: as it came.
    ///   - errorType: `x-amzn-ErrorType`, without what follows a colon.
    ///   - secrets: what was sent and must not appear in a message.
    package init(status: Int, body: [UInt8], errorType: String? = nil, secrets: [String] = []) {
        switch status {
        case 200: self = .answered(body)
        case 400..<500 where status != 429 && status != 407:
            let document = try? JSONDocument(parsing: body)
            guard let error = document?.string(at: ["error"]) ?? errorType.map(snakeCase) else {
                self = .notTheirs(status)
                return
            }
            let said = [document?.string(at: ["error_description"]), document?.string(at: ["reason"])]
            self = .refused(
                error: error.cleaned(of: secrets),
                description: said.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "; ").cleaned(of: secrets)
            )
        default: self = .offline(reason: "HTTP \(status)")
        }
        if case .refused(let error, _) = self, OIDCReply.passing.contains(error) { self = .offline(reason: error) }
    }

    /// Errors that say nothing about the request.
    private static let passing = ["too_many_requests", "internal_server_error", "server_error"]

    static func notTheirs(_ status: Int) -> OIDCReply {
        .offline(reason: "an answer that did not come from the service (HTTP \(status))")
    }
}

/// `InvalidGrantException` is `invalid_grant`.
private func snakeCase(_ type: String) -> String {
    var name = ""
    for letter in type.hasSuffix("Exception") ? type.dropLast(9) : type[...] {
        if letter.isUppercase, !name.isEmpty { name += "_" }
        name += letter.lowercased()
    }
    return name
}

extension String {
    /// One line of limited length that contains nothing we sent.
    package func cleaned(of secrets: [String]) -> String {
        // Byte by byte: for `String`, a mark behind a secret would be part of its last letter.
        var text = Array(utf8)
        for secret in secrets where !secret.isEmpty {
            text = text.replacing(Array(secret.utf8), with: Array("[…]".utf8))
        }
        return String(
            String(decoding: text, as: UTF8.self).map {
                $0.isNewline || $0.unicodeScalars.contains { $0.value < 0x20 } ? " " : $0
            }.prefix(400))
    }
}
