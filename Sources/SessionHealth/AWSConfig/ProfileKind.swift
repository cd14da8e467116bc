/// What a profile turns out to be.
package enum ProfileKind: Hashable, Sendable {
    case sso(ResolvedProfile)
    /// Its credentials come from elsewhere; there is no session to keep.
    case unguarded(Unguarded)
}

/// A profile that gets its credentials through an Identity Center session, by itself or through its sources.
package struct ResolvedProfile: Hashable, Sendable {
    package var name: String
    /// The profiles walked along `source_profile`: first this one, last the one with the SSO settings.
    package var chain: [String]
    package var session: SSOSession
    package var accountID: String
    package var roleName: String
    /// `region` of the profile itself, unchecked; Claude Code's own region may differ.
    package var region: String?
    /// `ca_bundle` of the profile itself: a path, not expanded.
    package var caBundle: String?
    /// What the profile itself says about endpoints.
    package var endpoints: EndpointSettings

    /// CA certificates to trust instead of the system's: `AWS_CA_BUNDLE`, else `ca_bundle` of the profile.
    package func caBundle(in environment: [String: String]) -> String? {
        EndpointSettings.caBundle(in: environment) ?? caBundle
    }

    /// What follows `aws sso login` so that this session is signed in to: the CLI refuses a profile that only leads to
    /// one through a chain.
    package var signInArguments: [String] {
        if chain.count == 1 { return ["--profile", name] }
        if session.kind == .ssoSession { return ["--sso-session", session.name] }
        return ["--profile", chain.last ?? name]
    }

    /// The file below `~/.aws/cli/cache` with this role's credentials (AWS CLI v2 only).
    package var roleFileName: String {
        CacheName.role(
            accountID: accountID, roleName: roleName, tokenKey: session.tokenKey, isLegacy: session.kind == .legacy)
    }
}

/// Why the agent has nothing to do for a profile.
package struct Unguarded: Hashable, Sendable, CustomStringConvertible {
    package enum Source: Hashable, Sendable {
        case accessKeys, credentialProcess, credentialSource, webIdentity, loginSession, nothing
    }

    package var source: Source
    /// The profile that says so: the one asked for, or one of its sources.
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
