import FoundationEssentials

/// A client registration with its secret, as AWS CLI v2 keeps it in `~/.aws/sso/cache`; both use the same file.
package struct ClientRegistration: Equatable, Sendable {
    package let clientID: String
    package let clientSecret: String
    package let expiresAt: Date
    /// Empty for a session without `sso_registration_scopes`.
    package let scopes: [String]
    /// `grantTypes`; empty for the device flow, as the AWS CLI leaves them out there.
    package let grantTypes: [String]

    /// Seconds before its end from which the AWS CLI makes a new one.
    private static let margin: TimeInterval = 15 * 60

    package init(clientID: String, clientSecret: String, expiresAt: Date, scopes: [String], grantTypes: [String]) {
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.expiresAt = expiresAt
        self.scopes = scopes
        self.grantTypes = grantTypes
    }

    /// Nil if the file is damaged or incomplete.
    package init?(parsing bytes: [UInt8]) {
        guard let document = try? JSONDocument(parsing: bytes), let id = document.string(at: ["clientId"]),
            let secret = document.string(at: ["clientSecret"]), !id.isEmpty, !secret.isEmpty,
            let expiresAt = document.string(at: ["expiresAt"]).flatMap({ try? Timestamp.parse($0) })
        else { return nil }
        self.init(
            clientID: id, clientSecret: secret, expiresAt: expiresAt, scopes: document.strings(at: ["scopes"]),
            grantTypes: document.strings(at: ["grantTypes"]))
    }

    /// Whether it can be used by this flow, by the AWS CLI's rule: the one for the authorization code serves no other.
    package func serves(_ flow: AuthorizationFlow, at now: Date) -> Bool {
        expiresAt.timeIntervalSince(now) >= ClientRegistration.margin
            && grantTypes.contains(AuthorizationFlow.authorizationCode) == (flow == .pkce)
    }

    /// The file, as the AWS CLI writes it.
    package var json: [UInt8] {
        var members: [(String, [UInt8])] = [
            ("clientId", JSONString.encode(clientID)), ("clientSecret", JSONString.encode(clientSecret)),
            ("expiresAt", JSONString.encode(Timestamp.format(expiresAt))),
        ]
        if !scopes.isEmpty { members.append(("scopes", PythonJSON.list(scopes))) }
        if !grantTypes.isEmpty { members.append(("grantTypes", PythonJSON.list(grantTypes))) }
        return PythonJSON.object(members)
    }
}

/// How Identity Center learns that the person agrees.
package enum AuthorizationFlow: Equatable, Sendable {
    /// On any device, where the person compares a code (RFC 8628).
    case device
    /// In a browser on this machine, which brings the authorization code to a port here (RFC 7636).
    case pkce

    static let authorizationCode = "authorization_code"

    /// What is written down with the client; nothing for the device flow.
    package var grantTypes: [String] { self == .pkce ? [Self.authorizationCode, "refresh_token"] : [] }
}
