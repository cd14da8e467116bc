import Foundation

/// One HTTP response.
struct Reply: Sendable {
    /// HTTP status.
    var status: Int
    var headers: [String: String]
    var body: Data
    /// The error's name, for the record.
    var error: String?

    /// A JSON object.
    static func json(_ value: some Encodable, status: Int = 200) -> Reply {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = (try? encoder.encode(value)) ?? Data("{}".utf8)
        return Reply(status: status, headers: ["Content-Type": "application/json"], body: body)
    }

    /// A web page.
    static func html(_ text: String, status: Int = 200) -> Reply {
        Reply(
            status: status, headers: ["Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"],
            body: Data(text.utf8))
    }

    /// Redirects the browser (302).
    static func redirect(to location: String) -> Reply {
        Reply(status: 302, headers: ["Location": location, "Cache-Control": "no-store"], body: Data())
    }

    /// An empty successful response.
    static let nothing = Reply(status: 200, headers: [:], body: Data())

    /// An error response in the format of its service.
    static func refusal(_ refusal: Refusal, dialect: Operation.Dialect) -> Reply {
        var reply: Reply
        switch dialect {
        case .signIn:
            reply = json(
                ["error": refusal.error ?? refusal.exception, "error_description": refusal.message],
                status: refusal.status)
            reply.headers["x-amzn-ErrorType"] =
                "\(refusal.exception):http://internal.amazon.com/coral/com.amazonaws.sso.oidc/"
        case .portal:
            reply = json(
                ["message": refusal.message, "__type": "com.amazonaws.switchboard.portal#\(refusal.exception)"],
                status: refusal.status)
        case .bedrock:
            reply = json(["message": refusal.message], status: refusal.status)
            reply.headers["x-amzn-ErrorType"] =
                "\(refusal.exception):http://internal.amazon.com/coral/com.amazon.bedrock/"
        case .tokenService:
            reply = xmlRefusal(refusal)
        case .page:
            reply = Pages.problem(refusal.message, status: refusal.status)
        }
        reply.error = refusal.code
        return reply
    }
}
