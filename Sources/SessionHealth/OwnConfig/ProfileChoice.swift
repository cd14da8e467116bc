// What of a profile root's `config.json` may lock.

extension ProfileKind {
    /// By key of `setup`. What it has not, it says in words.
    /// - Parameter name: the profile's.
    package func choice(_ name: String) -> [SetupKeyName: String] {
        let none: String
        if case .unguarded(let why) = self { none = "none (\(why))" } else { none = "none" }
        let profile: ResolvedProfile? = if case .sso(let profile) = self { profile } else { nil }
        let session = profile?.session
        // By a chain, it ends elsewhere.
        let isChained = (profile?.chain.count ?? 1) > 1
        let role = isChained ? profile?.assumedRole?.arn ?? "of another profile" : nil
        return [
            .profile: name, .ssoStartUrl: session?.startURL ?? none, .ssoRegion: session?.region ?? none,
            .ssoSession: session?.kind == .ssoSession ? session?.name ?? none : none,
            .accountId: role ?? profile?.accountID ?? none, .roleName: role ?? profile?.roleName ?? none,
        ]
    }
}

extension AWSConfig {
    /// The AWS tools' key for one of these, and where it is written; nil without one that `choice` speaks of.
    func setting(_ key: SetupKeyName, of profile: String) -> INISetting? {
        guard let section = cli.profiles[profile] else { return nil }
        let session = section["sso_session"].flatMap { cli.sessions[$0] }
        switch key {
        case .ssoStartUrl: return (session ?? section).setting("sso_start_url")
        case .ssoRegion: return (session ?? section).setting("sso_region")
        case .ssoSession: return section.setting("sso_session")
        case .accountId: return section.setting("sso_account_id")
        case .roleName: return section.setting("sso_role_name")
        default: return nil
        }
    }

    /// Where a profile begins; nil if it is not there.
    func place(ofProfile name: String) -> ConfigPlace? { cli.profiles[name]?.place }

    /// Where an sso-session begins; nil if it is not there.
    package func place(ofSession name: String) -> ConfigPlace? { cli.sessions[name]?.place }
}
