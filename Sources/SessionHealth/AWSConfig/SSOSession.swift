/// One Identity Center session, shared by all profiles that use it; or one of `aws login`, which is looked after like one.
package struct SSOSession: Hashable, Sendable {
    package enum Kind: String, Codable, Sendable {
        /// Defined by an `[sso-session …]` section; its token can be refreshed if it has the account scope.
        case ssoSession = "sso-session"
        /// Defined by a start URL in the profile itself; its token lasts 8 hours and cannot be refreshed.
        case legacy
        /// Defined by the `login_session` of a profile: that of the console, whose credentials the AWS tools renew by
        /// themselves when they use them.
        case login = "aws-login"
    }

    /// The scope required for a refresh token.
    package static let accountScope = "sso:account:access"

    /// The section's name, the start URL of a legacy session, or the `login_session`.
    package let name: String
    package let kind: Kind
    /// As written in the file: a trailing `/` or `#/` changes the names of the cache files. Empty for an `aws login`.
    package let startURL: String
    package let region: String
    /// `sso_registration_scopes`; nil if the section lacks the key, and for a legacy session.
    package let scopes: [String]?
    /// Names in `~/.aws/sso/cache`, computed once: with a thousand sessions, they are needed very often. An `aws login` has
    /// its file elsewhere, so that this is its whole path, and no registration.
    package let tokenFileName: String
    package let registrationFileName: String

    /// A session defined by an `[sso-session …]` section.
    package init(name: String, startURL: String, region: String, scopes: [String]?) {
        self.init(kind: .ssoSession, name: name, startURL: startURL, region: region, scopes: scopes)
    }

    /// A session of a profile without `sso_session`.
    package init(legacyStartURL startURL: String, region: String) {
        self.init(kind: .legacy, name: startURL, startURL: startURL, region: region, scopes: nil)
    }

    /// The session of an `aws login`.
    /// - Parameters:
    ///   - name: the `login_session` of its profiles.
    ///   - cache: the folder of its file.
    package init(login name: String, region: String, cache: String) {
        self.name = name
        self.region = region
        kind = .login
        startURL = ""
        scopes = nil
        tokenFileName = "\(cache)/\(CacheName.login(name))"
        registrationFileName = ""
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

    /// The string whose hash is the token file's name.
    package var tokenKey: String { name }

    /// The hash, in hexadecimal digits: SHA-1, or for an `aws login` SHA-256.
    package var tokenKeyHash: String {
        String((tokenFileName.split(separator: "/").last ?? "").dropLast(".json".count))
    }

    /// Whether a sign-in with these scopes yields a refresh token.
    package var hasAccountScope: Bool { scopes?.contains(Self.accountScope) ?? false }
}
