/// An error response: an HTTP status, the exception's name, and a message.
struct Refusal: Error, Equatable {
    /// HTTP status.
    var status: Int
    /// The exception's name in SDKs: `InvalidGrantException`.
    var exception: String
    /// OIDC's `error`, such as `invalid_grant`; nil for the portal and Bedrock, which have none.
    var error: String?
    var message: String

    /// The name in the record.
    var code: String { error ?? exception }

    private static func oidc(_ error: String, _ exception: String, _ message: String, status: Int = 400) -> Refusal {
        Refusal(status: status, exception: exception, error: error, message: message)
    }
}

/// The errors of the sign-in service (OIDC).
extension Refusal {
    static func invalidRequest(_ message: String) -> Refusal {
        oidc("invalid_request", "InvalidRequestException", message)
    }
    static func invalidScope(_ scope: String) -> Refusal {
        oidc("invalid_scope", "InvalidScopeException", "Invalid scope: \(scope)")
    }
    static func invalidRedirect(_ message: String) -> Refusal {
        oidc("invalid_redirect_uri", "InvalidRedirectUriException", message)
    }
    static func invalidGrant(_ message: String) -> Refusal {
        oidc("invalid_grant", "InvalidGrantException", message)
    }
    /// One response for every reason: already used, unknown, another client's, or its portal session has ended.
    static let invalidRefreshToken = invalidGrant("Invalid refresh token provided")
    static let invalidClientMetadata = oidc(
        "invalid_client_metadata", "InvalidClientMetadataException", "clientType must be 'public'")
    /// 401; all others here are 400.
    static func invalidClient(_ message: String) -> Refusal {
        oidc("invalid_client", "InvalidClientException", message, status: 401)
    }
    static let unauthorizedClient = oidc(
        "unauthorized_client", "UnauthorizedClientException", "Client is not registered for this grant type")
    static let unsupportedGrant = oidc(
        "unsupported_grant_type", "UnsupportedGrantTypeException", "Unsupported grant type")
    /// Poll again after the interval.
    static let pending = oidc(
        "authorization_pending", "AuthorizationPendingException", "Authorization is still pending")
    static let slowDown = oidc("slow_down", "SlowDownException", "Polled sooner than the interval allows")
    static let expired = oidc("expired_token", "ExpiredTokenException", "Device code has expired")
    static let denied = oidc("access_denied", "AccessDeniedException", "The person denied the request")
}

/// The errors of the access portal.
extension Refusal {
    /// The access token is invalid.
    static let noSession = Refusal(
        status: 401, exception: "UnauthorizedException", message: "Session token not found or invalid")
    /// The role is not assigned to the user.
    static let noAccess = Refusal(status: 403, exception: "ForbiddenException", message: "No access")
    static func badPortalRequest(_ message: String) -> Refusal {
        Refusal(status: 400, exception: "InvalidRequestException", message: message)
    }
}

/// The errors of Bedrock's control plane, including those of the signature check.
extension Refusal {
    static func forbidden(_ exception: String, _ message: String) -> Refusal {
        Refusal(status: 403, exception: exception, message: message)
    }
    static func validation(_ message: String) -> Refusal {
        Refusal(status: 400, exception: "ValidationException", message: message)
    }
    static func notFound(_ message: String) -> Refusal {
        Refusal(status: 404, exception: "ResourceNotFoundException", message: message)
    }
}
