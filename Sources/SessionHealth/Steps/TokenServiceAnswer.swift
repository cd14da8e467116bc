import FoundationEssentials

/// The answer of Identity Center's OIDC service to a request for a token (`POST /token`).
package enum TokenServiceAnswer: Equatable, Sendable {
    /// The refresh token is present only if the service rotates it; `expiresIn` is in seconds.
    case granted(accessToken: String, expiresIn: Int, refreshToken: String?)
    /// No access token that can be used, or none that says how long, but the refresh token in the place of the one that
    /// was sent, which is used up.
    case rotated(refreshToken: String)
    /// Not an answer from the service, or one that says nothing about the request.
    case offline(reason: String)
    case sessionEnded(error: String)
    case registrationRefused(error: String)
    case refused(error: String, description: String)

    /// The errors that name the client.
    package static let deadRegistration = ["invalid_client", "unauthorized_client"]

    /// Seconds: no session of IAM Identity Center is longer than 90 days.
    package static let longest = 90 * 86400

    package init(_ reply: OIDCReply) {
        switch reply {
        case .offline(let reason): self = .offline(reason: reason)
        case .answered(let body):
            let document = try? JSONDocument(parsing: body)
            let refreshToken = document?.string(at: ["refreshToken"]).flatMap {
                $0.isEmpty || $0.utf8.count > String.longestToken ? nil : $0
            }
            if let token = document?.string(at: ["accessToken"]), token.isToken,
                let seconds = document?.int(at: ["expiresIn"]), seconds > 0
            {
                self = .granted(
                    accessToken: token, expiresIn: min(seconds, Self.longest), refreshToken: refreshToken)
            } else if let refreshToken {
                self = .rotated(refreshToken: refreshToken)
            } else {
                self = .init(.notTheirs(200))
            }
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
