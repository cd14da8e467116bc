import FoundationEssentials

/// Which session Claude Code uses with one of its folders, and how to sign in to it.
struct GuardedFolder {
    var claude = ClaudeFacts()
    /// The profile that leads to the session, and the command that signs in to it; nil without a session.
    private(set) var session: (profile: ResolvedProfile, command: UserCommand)?
    /// The `aws login` session instead, and what signs in to it.
    private(set) var login: (session: LoginProfile, command: UserCommand)?
    private let folder: String?
    private let places: Places
    private let environment: [String: String]
    private let damage: SettingsDamage?
    /// The profile that `setup` wrote.
    private let profileOfSetup: String?
    private let files: AWSFiles

    /// - Parameters:
    ///   - approved: the commands that the user approved.
    ///   - inForce: used instead of the settings that were read.
    ///   - own: our own configuration.
    init(
        _ reading: ClaudeFolderReading, _ places: Places, approved: [String], inForce: ClaudeSettings?, own: OwnConfig
    ) {
        folder = reading.folder
        environment = reading.environment
        self.places = places
        damage = inForce == nil ? reading.settings.damage : nil
        profileOfSetup = reading.settings.profileOfSetup
        files = reading.aws
        let settings = inForce ?? reading.settings.settings
        guard reading.isWhole else {
            // What could not be read may say the contrary of the rest.
            claude.settingsPath = reading.path
            claude.subject = .misconfigured
            return
        }
        claude.findings = files.findings + (damage?.findings(among: settings.findings) ?? settings.findings)
        claude.usesBedrock = settings.usesBedrock.value
        claude.profile = settings.profile.value
        claude.region = settings.region?.value
        claude.model = settings.model?.value
        claude.awsAuthRefresh = settings.awsAuthRefresh?.value.line
        claude.approved =
            settings.awsAuthRefresh.map { approved.containsSpelled($0.value.line) || $0.isTrustedlyManaged } ?? false
        claude.settingsPath = reading.path
        claude.subject = subject(settings)
        guard damage == nil else { return }
        claude.findings +=
            LockedSettings(
                own: own, settings: settings, shown: inForce == nil ? reading.settings.shown : nil, files: files,
                region: claude.region, path: reading.path
            ).findings
    }

    private mutating func subject(_ settings: ClaudeSettings) -> ClaudeFacts.Guard {
        if damage?.hidesProfile == true, settings.bearerToken == nil { return .misconfigured }
        if settings.problems.contains(where: \.stopsClaude) {
            claude.usesBedrock = false
            return .misconfigured
        }
        let chosen: Setting<String>
        switch settings.credentials {
        case .others(let reason, let fix):
            claude.isUnset =
                settings.usesBedrock.source == .standard && settings.bearerToken == nil && settings.otherProvider == nil
            // What it ignores may say the contrary.
            if settings.usesBedrock.source == .standard, settings.problems.contains(where: \.isRefusal) {
                return .misconfigured
            }
            return .unguarded(reason: reason, fix: fix)
        case .profile(let profile), .export(let profile): chosen = profile
        }
        claude.profile = chosen.value
        claude.region = settings.region?.value ?? (try? files.config())?.claudeRegion(of: chosen.value)
        do {
            let config = try files.config()
            switch try config.resolve(chosen.value) {
            case .unguarded(let why):
                if let login = LoginProfile(why, of: chosen.value, config, places, environment) {
                    self.login = (login, command(settings))
                    return .session(login.session.name)
                }
                claude.isUnset = why.source == .nothing
                return .unguarded(reason: "\(why)", fix: "nothing to do; to use another profile: bedrock-agent setup")
            case .sso(let profile):
                if let other = config.preferredOverSSO(in: profile) {
                    return .unguarded(reason: other.message, fix: other.fix)
                }
                claude.findings += config.differences(for: profile.name).map(\.finding)
                guard config.isSeenByClaude(profile) else { return .misconfigured }
                session = (profile, command(for: profile, settings, in: config))
                return .session(profile.session.name)
            }
        } catch {
            if case .noSuchProfile? = error as? AWSConfigError { claude.isUnset = true }
            var finding = files.finding(error, about: chosen.value, source: "\(chosen.source)")
            if case .noSuchProfile(let name, _, nil)? = error as? AWSConfigError, name == profileOfSetup {
                finding.fix = SettingsDamage.fix
            }
            // The AWS CLI in a terminal does not know of a file that only the settings name.
            if let file = settings.variables[AWSVariable.configFile] {
                finding.fix = finding.fix.replacing(
                    "aws configure ", with: "\(AWSVariable.configFile)=\(ShellWords.quoted(file)) aws configure ")
            }
            claude.findings.append(finding)
            return .misconfigured
        }
    }

    /// The command in `awsAuthRefresh`, if it may run.
    private mutating func command(
        for profile: ResolvedProfile, _ settings: ClaudeSettings, in config: AWSConfig
    ) -> UserCommand {
        if let setting = settings.awsAuthRefresh {
            let refresh = AuthRefresh(setting.value.line)
            if let finding = refresh.finding(for: profile, in: config, source: "\(setting.source)") {
                claude.findings.append(finding)
            }
        }
        return command(settings)
    }

    private func command(_ settings: ClaudeSettings) -> UserCommand {
        guard let setting = settings.awsAuthRefresh else { return .missing }
        if let place = setting.value.openPlace {
            return .untrusted(reason: "others can write \(place.path)", fix: place.fix)
        }
        guard !setting.value.line.utf8.contains(0) else {
            let reason = "\(setting.source) contains a NUL character, where the shell would take it to end"
            return .untrusted(reason: reason, fix: "remove it: bedrock-agent setup")
        }
        guard claude.approved else { return .unapproved(setting.value.line) }
        return .approved(setting.value.line)
    }

    /// Our commands speak of the folder that they are called for, so a fix names this one unless it is the usual one.
    mutating func nameFolder() {
        guard let folder else { return }
        claude.findings = claude.findings.map { finding in
            var finding = finding
            finding.fix = ClaudeFacts.fix(finding.fix, in: folder)
            return finding
        }
        if case .unguarded(let reason, let fix) = claude.subject {
            claude.subject = .unguarded(reason: "\(folder): \(reason)", fix: ClaudeFacts.fix(fix, in: folder))
        }
    }
}

extension Setting<ClaudeSettings.Command> {
    /// Root's own, which nobody else can write: it needs no approval, since root could do worse.
    fileprivate var isTrustedlyManaged: Bool {
        guard case .file(_, _, .managed) = source else { return false }
        return value.openPlace == nil
    }
}

extension ClaudeFacts {
    /// A fix as it is to be run for one of the other folders.
    static func fix(_ fix: String, in folder: String) -> String {
        let command = "bedrock-agent "
        return fix.replacing(command, with: "\(ClaudeVariable.configFolder)=\(ShellWords.quoted(folder)) \(command)")
    }
}
