/// What the files say otherwise than root's `config.json` locks it: somebody has edited them.
struct LockedSettings {
    let own: OwnConfig
    let settings: ClaudeSettings
    /// Nil if unknown.
    let shown: ShownInClaude?
    let files: AWSFiles
    /// Where Claude Code uses Bedrock.
    let region: String?
    /// The user's settings file.
    let path: String

    /// One thing that they say of a key of `setup`.
    private struct Said {
        let key: SetupKeyName
        let value: String
        let words: String
        let source: Provenance
        /// Nil for `setup`.
        var fix: String?
    }

    /// Nothing where Claude Code does not use Bedrock: nobody has set it up yet.
    var findings: [Finding] {
        guard settings.usesBedrock.value, SetupKeyName.allCases.contains(where: own.isLocked) else { return [] }
        return (ofSettings + ofProfile).compactMap { said in
            own.words(forLockOf: said.key, against: said.value).map { lock in
                Finding(
                    .configLocked, .warning, subject: said.key.name,
                    message: "\(place(said.source)): \(said.words), and \(lock)", fix: fix(said))
            }
        }
    }

    /// The file alone where the key is not in it.
    private func place(_ source: Provenance) -> String { source == .standard ? path : "\(source)" }

    private func fix(_ said: Said) -> String {
        if case .file(let path, _, .managed) = said.source { return "ask whoever manages \(path)" }
        return said.fix ?? "bedrock-agent setup --yes"
    }

    // MARK: Claude Code's settings

    /// Claude Code alone has the profile: the command is always ours, then.
    private var isSeparate: Bool { if case .export = settings.credentials { true } else { false } }

    private var ofSettings: [Said] {
        var all: [Said] = []
        if let region {
            let source = settings.region?.source ?? .standard
            let words = source == .standard ? "is not set, so that the region is" : "is"
            all.append(
                Said(key: .region, value: region, words: "\(AWSVariable.region) \(words) \(region)", source: source))
        }
        let model = settings.model
        all.append(
            Said(
                key: .model, value: model?.value ?? "none",
                words: model.map { "the model is \($0.value)" } ?? "no model is set",
                source: model?.source ?? .standard))
        if let command = settings.awsAuthRefresh, !isSeparate {
            all.append(
                Said(
                    key: .coalesce, value: "\(AuthRefresh(command.value.line).callsOnUs)",
                    words: "\(ClaudeKey.authRefresh) is \(CommandMask.shown(command.value.line))",
                    source: command.source))
        }
        switch settings.credentials {
        case .export(let profile):
            all.append(
                Said(
                    key: .separate, value: "true",
                    words: "\(ClaudeKey.credentialExport) gives Claude Code alone the profile",
                    source: profile.source))
        case .profile(let profile):
            all.append(
                Said(
                    key: .separate, value: "false", words: "what Claude Code runs in its shell has the profile, too",
                    source: profile.source))
        case .others: break
        }
        if let shown {
            let isThere = shown.statusLine.value
            all.append(
                Said(
                    key: .statusLine, value: "\(isThere)",
                    words: "\(ClaudeKey.statusLine) \(isThere ? "shows" : "does not show") the session's state",
                    source: shown.statusLine.source,
                    fix: isThere && !shown.isStatusLineOfSetup
                        ? "edit \(place(shown.statusLine.source)): the command must not call bedrock-agent" : nil))
            // Any is too much where there are to be none.
            let hooks = own.values.setup.hooks == false ? shown.someHooks : shown.hooks
            all.append(
                Said(
                    key: .hooks, value: "\(hooks.value)",
                    words: hooks.value ? "hooks of bedrock-agent are there" : "the hooks of bedrock-agent are missing",
                    source: hooks.source,
                    fix: hooks.value && !shown.areHooksOfSetup
                        ? "edit \(place(hooks.source)): no hook may call bedrock-agent" : nil))
        }
        return all
    }

    // MARK: Its profile

    private var ofProfile: [Said] {
        guard let profile = settings.credentials.profile, let config = try? files.config(),
            let kind = try? config.resolve(profile.value)
        else { return [] }
        let choice = kind.choice(profile.value)
        let name = profile.value
        if own.words(forLockOf: .profile, against: name) != nil {
            // What it has is then nobody's concern.
            return [
                Said(
                    key: .profile, value: name, words: "the profile is \(name)", source: profile.source,
                    fix: another(than: name, in: config) ?? "bedrock-agent setup")
            ]
        }
        return [SetupKeyName.ssoStartUrl, .ssoRegion, .ssoSession, .accountId, .roleName].compactMap { key in
            guard let value = choice[key] else { return nil }
            let setting = config.setting(key, of: name).flatMap { $0.value == value ? $0 : nil }
            let place = setting?.place ?? config.place(ofProfile: name)
            let what = setting?.key ?? key.rawValue
            return Said(
                key: key, value: value, words: "\(what) of profile \(name) is \(value)",
                source: place.map { .file(path: $0.path, line: $0.line, kind: .user) } ?? profile.source,
                fix: another(than: name, in: config) ?? correction(of: key, for: name, kind, config, setting))
        }
    }

    /// Takes the profile that is given, or makes it; nil where that is this one, or nothing is given.
    private func another(than name: String, in config: AWSConfig) -> String? {
        let given = own.values.setup
        guard let wanted = given.profile, config.profileNames.containsSpelled(wanted) else {
            let isSession = given.ssoSession.map(config.sessionNames.containsSpelled) ?? false
            return given.startURL != nil || isSession ? "bedrock-agent setup --yes" : nil
        }
        let isAllowed = (try? config.resolve(wanted)).map { own.objection(to: $0.choice(wanted)) == nil } ?? false
        return isAllowed && !wanted.isSpelled(as: name) ? "bedrock-agent setup --yes" : nil
    }

    /// What to write into the AWS files, as they spell it.
    private func correction(
        of key: SetupKeyName, for name: String, _ kind: ProfileKind, _ config: AWSConfig, _ setting: INISetting?
    ) -> String {
        if key == .ssoSession, own.lockedSession(of: kind) != nil {
            return "bedrock-agent migrate --profile \(ShellWords.quoted(name))"
        }
        guard let setting else { return "bedrock-agent setup" }
        let values = own.values.setup.texts(of: key)
        if key == .ssoSession, let wanted = values.first, !config.sessionNames.containsSpelled(wanted),
            let there = config.place(ofSession: setting.value)
        {
            return "rename [sso-session \(setting.value)] in \(there) to [sso-session \(wanted)], and set sso_session"
                + " to \(wanted) in the profiles that use it"
        }
        let value = values.count == 1 ? values[0] : "one of \(values.joined(separator: ", "))"
        return "set \(setting.key) to \(value) in \(setting.place)"
    }
}
