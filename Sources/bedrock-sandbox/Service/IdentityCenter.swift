import Foundation

/// The service as a state machine: no sockets, no clock, no files. Time comes in as `now`.
///
/// There is one user, whose browser holds at most one live portal session. Each operation is in a file of its own;
/// this one has what they share.
struct IdentityCenter: Sendable {
    var settings: Settings
    /// Where its pages and endpoints are: `http://127.0.0.1:PORT`.
    var baseURL: String

    var mint = Mint()
    /// Each list grows in the order things were issued, and nothing leaves it.
    var clients: [Client] = []
    var deviceAuthorizations: [DeviceAuthorization] = []
    var signInRequests: [SignInRequest] = []
    var portalSessions: [PortalSession] = []
    var accessTokens: [AccessToken] = []
    var refreshTokens: [RefreshToken] = []
    var roleCredentials: [RoleCredentials] = []

    /// A service nobody has signed in to.
    init(settings: Settings, baseURL: String = "") {
        self.settings = settings
        self.baseURL = baseURL
    }
}

/// Which things one call used and which it issued, by short ID: all the record may say about tokens.
struct Trace: Sendable {
    /// What the caller brought, oldest thing first: its registration, then its code or token.
    var used: [String] = []
    var issued: [String] = []
    /// What it was about, where that is not a token: a role, a scope, a model.
    var subject: String?
    /// Who signed it, where it is signed.
    var signer: Signer?
}
