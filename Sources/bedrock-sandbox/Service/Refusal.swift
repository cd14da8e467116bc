/// The service saying no: an HTTP status, the exception's name, and its words.
struct Refusal: Error, Equatable {
    /// HTTP status.
    var status: Int
    /// As SDKs name it: `InvalidGrantException`.
    var exception: String
    /// OIDC's `error`, `invalid_grant`; nil for the portal and Bedrock, which have none.
    var error: String?
    var message: String

    /// How the record names it.
    var code: String { error ?? exception }

    private static func oidc(_ error: String, _ exception: String, _ message: String, status: Int = 400) -> Refusal {
        Refusal(status: status, exception: exception, error: error, message: message)
    }
}

/// The sign-in service (OIDC): its `error` and the person's words for it.
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
    /// One answer for every reason: used, unknown, another client's, or its portal session is over.
    static let invalidRefreshToken = invalidGrant("Invalid refresh token provided")
    static let invalidClientMetadata = oidc(
        "invalid_client_metadata", "InvalidClientMetadataException", "clientType must be 'public'")
    /// 401, the only one of these that is not 400.
    static func invalidClient(_ message: String) -> Refusal {
        oidc("invalid_client", "InvalidClientException", message, status: 401)
    }
    static let unauthorizedClient = oidc(
        "unauthorized_client", "UnauthorizedClientException", "Client is not registered for this grant type")
    static let unsupportedGrant = oidc(
        "unsupported_grant_type", "UnsupportedGrantTypeException", "Unsupported grant type")
    /// Ask again, after the interval.
    static let pending = oidc(
        "authorization_pending", "AuthorizationPendingException", "Authorization is still pending")
    static let slowDown = oidc("slow_down", "SlowDownException", "Polled sooner than the interval allows")
    static let expired = oidc("expired_token", "ExpiredTokenException", "Device code has expired")
    static let denied = oidc("access_denied", "AccessDeniedException", "The person denied the request")
}

/// The access portal.
extension Refusal {
    /// The bearer token is no good.
    static let noSession = Refusal(
        status: 401, exception: "UnauthorizedException", message: "Session token not found or invalid")
    /// The role is not assigned to the user.
    static let noAccess = Refusal(status: 403, exception: "ForbiddenException", message: "No access")
    static func badPortalRequest(_ message: String) -> Refusal {
        Refusal(status: 400, exception: "InvalidRequestException", message: message)
    }
}

/// Bedrock's control plane, and the signature check in front of it.
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
