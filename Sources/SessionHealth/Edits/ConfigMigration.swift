// Turns a legacy profile, whose session ends after 8 hours, into one whose session can be refreshed.

extension ConfigEdit {
    /// Makes the session of a profile refreshable. For a legacy profile, the start URL and its region move to an
    /// `[sso-session …]`, shared with other profiles of the same start URL. A session without the account scope gets
    /// it. If nothing is missing, nothing changes. With a chain of source profiles, the last profile is edited.
    /// - Parameter sessionName: for a new session; nil uses an existing session, or a name derived from the start URL.
    /// - Throws: why this cannot be done safely, and how to do it by hand.
    package init(
        of config: ConfigFile, credentials: ConfigFile, migrating profile: String, sessionName: String? = nil
    ) throws(Refusal) {
        var text = try ConfigText(config, credentials)
        let found: ProfileKind
        do throws(AWSConfigError) {
            found = try text.aws.resolve(profile)
        } catch {
            throw Refusal(error)
        }
        guard case .sso(let resolved) = found, let last = resolved.chain.last else {
            throw Refusal(
                reason: "\(found.unguarded?.description ?? profile): it does not sign in through Identity Center",
                fix: "Pass a profile that does: --profile.")
        }
        let old = resolved.session
        var wanted = NewProfile(
            name: last, session: old.name, startURL: old.startURL, ssoRegion: old.region,
            accountID: resolved.accountID, roleName: resolved.roleName, region: nil)
        if old.kind == .legacy {
            if let process = text.aws.cli.profiles[last]?.setting("credential_process") {
                throw Refusal(
                    reason: "\(process.place): [profile \(last)] has a credential_process, which Claude Code uses and"
                        + " which may read the sso_ keys that would move",
                    fix: "Remove credential_process if the profile shall sign in by itself, then run the command"
                        + " again.")
            }
            wanted.session = try text.moveSession(of: wanted, to: sessionName)
        } else if old.hasAccountScope {
            self.init(bytes: config.bytes ?? [], changes: [], session: old.name)
            return
        } else {
            try text.addScope(to: old.name)
        }
        self = try text.edit(leading: profile, to: wanted)
    }
}

extension ProfileKind {
    fileprivate var unguarded: Unguarded? {
        if case .unguarded(let why) = self { why } else { nil }
    }
}

extension ConfigText {
    /// - Returns: the session's name.
    fileprivate mutating func moveSession(
        of profile: NewProfile, to given: String?
    ) throws(ConfigEdit.Refusal) -> String {
        guard let section = aws.cli.profiles[profile.name], let startURL = section.setting("sso_start_url"),
            let region = section.setting("sso_region")
        else { return profile.session }
        let listed = section.setting(Self.scopesKey)
        let moved = [startURL, region, listed].compactMap(\.self)
        for setting in moved { try requireOwnLine(setting, in: "profile \(profile.name)") }
        let scopes = listed.map { AWSConfig.scopes($0.value) } ?? []
        let name = given ?? sharedSession(of: profile, scopes) ?? freeName(for: profile.startURL)
        guard AWSConfig.isValid(newName: name) else {
            throw ConfigEdit.Refusal(
                reason: "Claude Code would not find a session named \(ConfigValue.shown(name.printable))",
                fix: "Use only letters, digits and . _ - / + @ (--sso-session).")
        }
        if !(try hasSession(name, of: profile.startURL, profile.ssoRegion)) {
            append(session: name, of: profile, scopes: scopes, like: startURL)
        } else if let missing = missing(scopes, of: name) {
            throw ConfigEdit.Refusal(
                reason: "the sso-session \(name) does not request the scope \(ConfigValue.shown(missing))",
                fix: "Choose another name: --sso-session.")
        }
        replace(moved, of: "profile \(profile.name)", with: "sso_session", name)
        return name
    }

    /// - Throws: if the setting cannot be changed by editing a single line of the config file.
    func requireOwnLine(_ setting: INISetting, in title: String) throws(ConfigEdit.Refusal) {
        let reason: String
        let fix: String
        if setting.place.path != file.path {
            reason = "\(setting.place): \(setting.key) of [\(title)] is in the credentials file"
            fix = "Move the sso_ lines from there to [\(title)] in \(file.path), then run the command again."
        } else if setting.isDefault {
            reason = "\(setting.place): \(setting.key) is in [DEFAULT], and so applies to every section"
            fix = "Move it to [\(title)] and the others that use it, then run the command again."
        } else if setting.value.contains("\n") {
            reason = "\(setting.place): \(setting.key) continues in the indented lines below it"
            fix = "Remove the white space before them, then run the command again."
        } else {
            return
        }
        throw ConfigEdit.Refusal(reason: reason, fix: fix)
    }
}
