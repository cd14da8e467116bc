/// What a profile resolves to.
package enum ProfileKind: Hashable, Sendable {
    case sso(ResolvedProfile)
    /// Its credentials come from elsewhere, so there is no session to guard.
    case unguarded(Unguarded)
}

/// A profile that gets its credentials through an Identity Center session, directly or through its source profiles.
package struct ResolvedProfile: Hashable, Sendable {
    package var name: String
    /// The profiles along `source_profile`: first this one, last the one with the SSO settings.
    package var chain: [String]
    package var session: SSOSession
    package var accountID: String
    package var roleName: String
    /// The profile's own `region`, not validated; Claude Code may use another one.
    package var region: String?
    /// The profile's own `ca_bundle`: a path, not expanded.
    package var caBundle: String?
    /// The profile's own endpoint settings.
    package var endpoints: EndpointSettings
    /// The role that the profile assumes with the credentials of `roleName`; nil for none, or more than one.
    package var assumedRole: AssumedRole?

    /// The CA bundle to use instead of the system's: `AWS_CA_BUNDLE`, or else the profile's `ca_bundle`.
    package func caBundle(in environment: [String: String]) -> String? {
        EndpointSettings.caBundle(in: environment) ?? caBundle
    }

    /// The arguments of `aws sso login` that sign in to this session. The AWS CLI rejects a profile that reaches an SSO
    /// session only through `source_profile`.
    package var signInArguments: [String] {
        if chain.count == 1 { return ["--profile", name] }
        if session.kind == .ssoSession { return ["--sso-session", session.name] }
        return ["--profile", chain.last ?? name]
    }

    /// The name of the file in `~/.aws/cli/cache` with the credentials of `roleName` (AWS CLI v2 only).
    package var roleFileName: String {
        CacheName.role(
            accountID: accountID, roleName: roleName, tokenKey: session.tokenKey, isLegacy: session.kind == .legacy)
    }
}

/// A role that is assumed with the credentials of another: what a profile with `role_arn` says of it.
package struct AssumedRole: Hashable, Sendable {
    package var arn: String
    package var externalID: String?
    /// `role_session_name`; nil where one is made up for each time.
    package var sessionName: String?
    /// `duration_seconds`.
    package var duration: Int?
    /// `mfa_serial`: STS wants a code that only a person has.
    package var mfa: ConfigPlace?

    package init(
        arn: String, externalID: String? = nil, sessionName: String? = nil, duration: Int? = nil,
        mfa: ConfigPlace? = nil
    ) {
        self.arn = arn
        self.externalID = externalID
        self.sessionName = sessionName
        self.duration = duration
        self.mfa = mfa
    }

    /// The name of the file in `~/.aws/cli/cache`.
    package var roleFileName: String {
        CacheName.assumedRole(arn: arn, externalID: externalID, sessionName: sessionName, duration: duration)
    }
}

/// Why a profile has no session to guard.
package struct Unguarded: Hashable, Sendable, CustomStringConvertible {
    package enum Source: Hashable, Sendable {
        case accessKeys, credentialProcess, credentialSource, nothing
        /// The value of `login_session`.
        case loginSession(String)
        /// The path of the file with the token.
        case webIdentity(String)
    }

    package var source: Source
    /// The profile that decides it: the requested one, or one of its source profiles.
    package var profile: String
    /// The key that decides it; nil for ``Source/nothing``.
    package var place: ConfigPlace?

    package var description: String {
        let what =
            switch source {
            case .accessKeys: "uses access keys"
            case .credentialProcess: "uses a credential_process"
            case .credentialSource: "uses a credential_source"
            case .webIdentity: "uses a web identity token"
            case .loginSession: "uses aws login, not Identity Center"
            case .nothing: "has no credential settings"
            }
        return "profile \"\(profile)\" \(what)" + (place.map { " (\($0))" } ?? "")
    }
}
