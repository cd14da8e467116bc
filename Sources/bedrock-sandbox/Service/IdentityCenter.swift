import Foundation

/// The service as a state machine, without sockets, clock or files. The time is passed in as `now`.
///
/// There is one user, whose browser holds at most one live portal session. Each operation has its own file; this one
/// contains what they share.
struct IdentityCenter: Sendable {
    var settings: Settings
    /// The base URL of its pages and endpoints: `http://127.0.0.1:PORT`.
    var baseURL: String

    var mint = Mint()
    /// The lists are in order of issue; nothing is ever removed.
    var clients: [Client] = []
    var deviceAuthorizations: [DeviceAuthorization] = []
    var signInRequests: [SignInRequest] = []
    var portalSessions: [PortalSession] = []
    var accessTokens: [AccessToken] = []
    var refreshTokens: [RefreshToken] = []
    var roleCredentials: [RoleCredentials] = []

    /// A service without any sign-in.
    init(settings: Settings, baseURL: String = "") {
        self.settings = settings
        self.baseURL = baseURL
    }
}

/// What one call used and what it issued, by short ID: all that the record may tell about tokens.
struct Trace: Sendable {
    /// What the caller presented, in order of issue: its registration, then its code or token.
    var used: [String] = []
    var issued: [String] = []
    /// The call's subject if it is not a token: a role, a scope, a model.
    var subject: String?
    /// Who signed it, where it is signed.
    var signer: Signer?
}
