import FoundationEssentials

/// The answer of Identity Center's OIDC service to a `refresh_token` grant (`POST /token`).
package enum TokenServiceAnswer: Equatable, Sendable {
    /// The refresh token is present only if the service rotates it; `expiresIn` is in seconds.
    case granted(accessToken: String, expiresIn: Int, refreshToken: String?)
    /// Not an answer from the service, or one that says nothing about the request.
    case offline(reason: String)
    case sessionEnded(error: String)
    case registrationRefused(error: String)
    case refused(error: String, description: String)

    /// - Parameters:
    ///   - status: of HTTP.
    ///   - body: as it came.
    ///   - errorType: `x-amzn-ErrorType`, without what follows a colon.
    ///   - secrets: what was sent and must not appear in a message.
    package init(status: Int, body: [UInt8], errorType: String? = nil, secrets: [String] = []) {
        let document = try? JSONDocument(parsing: body)
        switch status {
        case 200:
            guard let document, let token = document.string(at: ["accessToken"]), !token.isEmpty,
                let seconds = document.node(at: ["expiresIn"])?.int(in: document.bytes.span), seconds > 0
            else {
                self = .offline(reason: "an answer that did not come from the service (HTTP 200)")
                return
            }
            self = .granted(
                accessToken: token, expiresIn: seconds,
                refreshToken: document.string(at: ["refreshToken"]).flatMap { $0.isEmpty ? nil : $0 })
        case 400..<500 where status != 429 && status != 407:
            guard let error = document?.string(at: ["error"]) ?? errorType.map(snakeCase) else {
                self = .offline(reason: "an answer that did not come from the service (HTTP \(status))")
                return
            }
            let description = document?.string(at: ["error_description"]) ?? ""
            self = .init(
                error: error.cleaned(of: secrets), description: description.cleaned(of: secrets),
                reason: document?.string(at: ["reason"]))
        default: self = .offline(reason: "HTTP \(status)")
        }
    }

    private init(error: String, description: String, reason: String?) {
        switch error {
        case "invalid_grant", "expired_token": self = .sessionEnded(error: error)
        case "invalid_client", "unauthorized_client": self = .registrationRefused(error: error)
        case "slow_down", "too_many_requests", "internal_server_error", "server_error": self = .offline(reason: error)
        default:
            self = .refused(
                error: error, description: [description, reason ?? ""].filter { !$0.isEmpty }.joined(separator: "; "))
        }
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
        var text = self
        for secret in secrets where !secret.isEmpty { text = text.replacing(secret, with: "[…]") }
        return String(
            text.map { $0.isNewline || $0.unicodeScalars.contains { $0.value < 0x20 } ? " " : $0 }.prefix(400))
    }
}
