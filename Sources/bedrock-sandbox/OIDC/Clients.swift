import Foundation

/// The grant types, as spelled in `grantType`.
enum Grant: String, CaseIterable, Sendable {
    case deviceCode = "urn:ietf:params:oauth:grant-type:device_code"
    case authorizationCode = "authorization_code"
    case refreshToken = "refresh_token"
}

/// A registered client.
struct Client: Sendable {
    /// Short ID: `cl-1`.
    let id: String
    let clientID: String
    let secret: String
    /// The client's own name; not to be trusted.
    let name: String
    let scopes: [String]
    let grants: Set<Grant>
    /// Loopback URIs; the port is ignored.
    let redirectURIs: [String]
    /// `clientSecretExpiresAt`.
    var expiresAt: Date

    /// The scope that allows getting role credentials and refresh tokens.
    static let portalScope = "sso:account:access"

    /// A client without scopes gets legacy tokens: not refreshable, valid for the whole portal session.
    var isLegacy: Bool { scopes.isEmpty }
    /// Whether it gets refresh tokens.
    var mayRefresh: Bool { scopes.contains(Self.portalScope) }
    /// Whether its access tokens can get role credentials.
    var mayUsePortal: Bool { isLegacy || scopes.contains(Self.portalScope) }
}

/// The input of RegisterClient. Only name and type are required, except with the authorization_code grant.
struct ClientDescription: Decodable {
    var clientName: String?
    var clientType: String?
    var scopes: [String]?
    var grantTypes: [String]?
    var redirectUris: [String]?
    var issuerUrl: String?
}

extension IdentityCenter {
    private static let knownScopes: Set<String> = [
        Client.portalScope, "openid", "aws", "sts:identity_context", "codecatalyst:read_write",
        "codewhisperer:completions", "codewhisperer:analysis", "codewhisperer:conversations",
        "codewhisperer:transformations", "codewhisperer:taskassist",
    ]

    /// RegisterClient: a new client, valid for `settings.registration`.
    mutating func registerClient(
        _ description: ClientDescription, now: Date, trace: inout Trace
    ) throws(Refusal) -> Client {
        guard let name = description.clientName, !name.isEmpty else { throw .invalidRequest("clientName is required") }
        guard let type = description.clientType else { throw .invalidRequest("clientType is required") }
        guard type == "public" else { throw .invalidClientMetadata }
        let scopes = description.scopes ?? []
        if let unknown = scopes.first(where: { !Self.knownScopes.contains($0) }) { throw .invalidScope(unknown) }

        var grants: Set<Grant> = [.deviceCode, .refreshToken]
        if let named = description.grantTypes, !named.isEmpty {
            grants = []
            for type in named {
                guard let grant = Grant(rawValue: type) else { throw .unsupportedGrant }
                grants.insert(grant)
            }
        }
        let redirects = description.redirectUris ?? []
        if grants.contains(.authorizationCode) {
            guard !redirects.isEmpty else { throw .invalidRequest("redirectUris is required for authorization_code") }
            guard let issuer = description.issuerUrl, Self.isWebAddress(issuer) else {
                throw .invalidRequest("issuerUrl is required for authorization_code")
            }
        }
        if let bad = redirects.first(where: { Self.withoutPort($0) == nil }) {
            throw .invalidRedirect("Not a loopback redirect: \(bad)")
        }
        let client = Client(
            id: mint.id("cl"), clientID: mint.secret(bytes: 24), secret: mint.secret(bytes: 96), name: name,
            scopes: scopes, grants: grants, redirectURIs: redirects,
            expiresAt: now.addingTimeInterval(settings.registration.seconds))
        clients.append(client)
        trace.issued.append(client.id)
        return client
    }

    /// The client with these credentials; `invalid_request` if one is missing, `invalid_client` if anything is wrong.
    func client(
        id clientID: String?, secret: String?, now: Date, trace: inout Trace
    ) throws(Refusal) -> Client {
        guard let clientID, !clientID.isEmpty else { throw .invalidRequest("clientId is required") }
        guard let secret, !secret.isEmpty else { throw .invalidRequest("clientSecret is required") }
        guard let client = clients.first(where: { $0.clientID == clientID }) else {
            throw .invalidClient("Client not found")
        }
        trace.used.append(client.id)
        guard client.secret == secret else { throw .invalidClient("Invalid client secret provided") }
        guard now < client.expiresAt else { throw .invalidClient("Client has expired") }
        return client
    }

    /// Expires the registration of one client, by short ID, or of all. Returns the IDs of the expired ones.
    mutating func expireRegistrations(only id: String?, now: Date) -> [String] {
        let ending = clients.indices.filter { (id == nil || clients[$0].id == id) && clients[$0].expiresAt > now }
        for index in ending { clients[index].expiresAt = now }
        return ending.map { clients[$0].id }
    }

    /// The URI without its port, which a native client chooses at run time (RFC 8252 §7.3); nil if not loopback.
    static func withoutPort(_ uri: String) -> String? {
        guard var parts = URLComponents(string: uri), parts.scheme == "http", parts.fragment == nil,
            ["127.0.0.1", "localhost", "[::1]", "::1"].contains(parts.host)
        else { return nil }
        parts.port = nil
        return parts.string
    }

    /// Whether it is an absolute http or https URL.
    static func isWebAddress(_ text: String) -> Bool {
        guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty else { return false }
        return parts.scheme == "https" || parts.scheme == "http"
    }
}
