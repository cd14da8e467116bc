/// One Identity Center sign-in, shared by every profile that leads to it.
package struct SSOSession: Hashable, Sendable {
    package enum Kind: String, Codable, Sendable {
        /// Named by an `[sso-session …]` section; its token can be refreshed when it has the account scope.
        case ssoSession = "sso-session"
        /// A start URL written in the profile itself; its token lives 8 hours and cannot be refreshed.
        case legacy
    }

    /// The scope without which Identity Center grants no refresh token.
    package static let accountScope = "sso:account:access"

    /// The name of the section, or the start URL for a legacy session.
    package let name: String
    package let kind: Kind
    /// As written in the file: a trailing `/` or `#/` matters to the names of cache files.
    package let startURL: String
    package let region: String
    /// `sso_registration_scopes`; nil where the section has no such key, and for a legacy session.
    package let scopes: [String]?
    /// Names below `~/.aws/sso/cache`, computed once: a thousand sessions are planned over and over.
    package let tokenFileName: String
    package let registrationFileName: String

    /// A session named by an `[sso-session …]` section.
    package init(name: String, startURL: String, region: String, scopes: [String]?) {
        self.init(kind: .ssoSession, name: name, startURL: startURL, region: region, scopes: scopes)
    }

    /// A session of a profile without `sso_session`.
    package init(legacyStartURL startURL: String, region: String) {
        self.init(kind: .legacy, name: startURL, startURL: startURL, region: region, scopes: nil)
    }

    private init(kind: Kind, name: String, startURL: String, region: String, scopes: [String]?) {
        self.name = name
        self.kind = kind
        self.startURL = startURL
        self.region = region
        self.scopes = scopes
        tokenFileName = CacheName.token(key: name)
        registrationFileName = CacheName.registration(
            startURL: startURL, region: region, scopes: scopes, sessionName: kind == .legacy ? nil : name)
    }

    /// What the token file's name is the hash of.
    package var tokenKey: String { name }

    /// That hash: 40 hexadecimal digits.
    package var tokenKeyHash: String { String(tokenFileName.dropLast(".json".count)) }

    /// Whether a sign-in with these scopes yields a refresh token.
    package var hasAccountScope: Bool { scopes?.contains(Self.accountScope) ?? false }
}
