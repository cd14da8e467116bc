import FoundationEssentials

/// The answer of Identity Center's OIDC service to a request for a token (`POST /token`).
package enum TokenServiceAnswer: Equatable, Sendable {
    /// The refresh token is present only if the service rotates it; `expiresIn` is in seconds.
    case granted(accessToken: String, expiresIn: Int, refreshToken: String?)
    /// Not an answer from the service, or one that says nothing about the request.
    case offline(reason: String)
    case sessionEnded(error: String)
    case registrationRefused(error: String)
    case refused(error: String, description: String)

    /// The errors that name the client.
    package static let deadRegistration = ["invalid_client", "unauthorized_client"]

    package init(_ reply: OIDCReply) {
        switch reply {
        case .offline(let reason): self = .offline(reason: reason)
        case .answered(let body):
            guard let document = try? JSONDocument(parsing: body),
                let token = document.string(at: ["accessToken"]), !token.isEmpty,
                let seconds = document.int(at: ["expiresIn"]), seconds > 0
            else {
                self = .init(.notTheirs(200))
                return
            }
            self = .granted(
                accessToken: token, expiresIn: seconds,
                refreshToken: document.string(at: ["refreshToken"]).flatMap { $0.isEmpty ? nil : $0 })
        case .refused(let error, let description):
            switch error {
            case "invalid_grant", "expired_token": self = .sessionEnded(error: error)
            case _ where Self.deadRegistration.contains(error): self = .registrationRefused(error: error)
            case "slow_down": self = .offline(reason: error)
            default: self = .refused(error: error, description: description)
            }
        }
    }
}
