/// A profile that signs in through an `[sso-session …]`, as `setup` creates one.
package struct NewProfile: Equatable, Sendable {
    package var name: String
    /// The name of the `[sso-session …]`.
    package var session: String
    package var startURL: String
    package var ssoRegion: String
    package var accountID: String
    package var roleName: String
    /// The profile's own region, used for Bedrock; nil writes none.
    package var region: String?

    package init(
        name: String, session: String, startURL: String, ssoRegion: String, accountID: String, roleName: String,
        region: String?
    ) {
        self.name = name
        self.session = session
        self.startURL = startURL
        self.ssoRegion = ssoRegion
        self.accountID = accountID
        self.roleName = roleName
        self.region = region
    }

    /// Why the profile cannot be written.
    var refusal: ConfigEdit.Refusal? {
        for (name, flag) in [(name, "--profile"), (session, "--sso-session")] where !AWSConfig.isValid(newName: name) {
            return ConfigEdit.Refusal(
                reason: "Claude Code would not find the name \(ConfigValue.shown(name.printable)) (\(flag))",
                fix: "Use only letters, digits and . _ - / + @.")
        }
        for (region, flag) in [(ssoRegion, "--sso-region"), (region ?? "us-east-1", "--region")]
        where !Region.isValid(region) {
            return ConfigEdit.Refusal(
                reason: "\(ConfigValue.shown(region.printable)) (\(flag)) is not a region name",
                fix: "Write it as us-east-1, with nothing after it.")
        }
        let values = [(startURL, "--sso-start-url"), (accountID, "--account-id"), (roleName, "--role-name")]
        for (value, flag) in values where value.isEmpty || !value.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) {
            return ConfigEdit.Refusal(
                reason: "\(ConfigValue.shown(value.printable)) (\(flag)) is empty or contains white space",
                fix: "Copy it again.")
        }
        return nil
    }

    /// Whether the AWS CLI resolves a profile to these settings.
    func isReached(by found: ResolvedProfile) -> Bool {
        found.session.kind == .ssoSession && found.session.name == session && found.session.startURL == startURL
            && found.session.region == ssoRegion && found.session.hasAccountScope && found.accountID == accountID
            && found.roleName == roleName && (region == nil || found.chain.count > 1 || found.region == region)
    }

    /// Whether Claude Code finds the same settings in the profile and its session, and nothing that contradicts them.
    func isReached(in view: ConfigView) -> Bool {
        guard let profile = view.profiles[name], let section = view.sessions[session] else { return false }
        let own = [("sso_session", session), ("sso_account_id", accountID), ("sso_role_name", roleName)]
        let shared = [("sso_start_url", startURL), ("sso_region", ssoRegion)]
        return own.allSatisfy { profile[$0.0] == $0.1 }
            && shared.allSatisfy { section[$0.0] == $0.1 && [nil, $0.1].contains(profile[$0.0]) }
            && (region == nil || profile["region"] == region)
    }
}

extension ConfigEdit {
    /// The edit that adds a profile, and its session if missing. Repeating it changes nothing.
    /// - Parameters:
    ///   - config: the current config file; it is created if missing.
    ///   - credentials: the credentials file; its sections count as profiles too.
    /// - Throws: why it cannot be added, e.g. because another profile has this name.
    package init(
        of config: ConfigFile, credentials: ConfigFile, adding profile: NewProfile
    ) throws(Refusal) {
        if let refusal = profile.refusal { throw refusal }
        var text = try ConfigText(config, credentials)
        if !(try text.hasSession(profile.session, of: profile.startURL, profile.ssoRegion)) {
            text.append(session: profile.session, of: profile)
        }
        if let section = text.aws.cli.profiles[profile.name] {
            guard case .sso(var found)? = try? text.aws.resolve(profile.name), found.chain.count == 1 else {
                throw Self.isTaken(profile.name, section)
            }
            found.session = SSOSession(
                name: found.session.kind == .legacy ? "" : found.session.name, startURL: found.session.startURL,
                region: found.session.region, scopes: [SSOSession.accountScope])
            guard profile.isReached(by: found) else { throw Self.isTaken(profile.name, section) }
        } else {
            let settings = [
                ("sso_session", profile.session), ("sso_account_id", profile.accountID),
                ("sso_role_name", profile.roleName), ("region", profile.region ?? ""),
            ]
            text.append("profile \(profile.name)", settings.filter { !$0.1.isEmpty })
        }
        self = try text.edit(leading: profile.name, to: profile)
    }

    private static func isTaken(_ name: String, _ section: INISection) -> Refusal {
        Refusal(
            reason: "\(section.place): profile \(name) already exists, with other settings",
            fix: "Use it as it is (without --sso-start-url), or choose another name: --profile.")
    }
}
