import FoundationEssentials

/// Decides which sessions to guard, and how to sign in to them, from our own configuration, Claude Code's settings and
/// the AWS files.
struct GuardedSessions {
    private(set) var policy: Policy
    /// From `config.json`: guarded in addition to the one that Claude Code uses.
    private(set) var profiles: [String]
    private(set) var findings: [Finding] = []
    private(set) var claude = ClaudeFacts()
    private(set) var sessions: [SessionFacts] = []
    /// The profile that leads Claude Code to its session.
    private(set) var claudeProfile: ResolvedProfile?
    private let damage: SettingsDamage?
    /// The profile that `setup` wrote.
    private let profileOfSetup: String?
    private let approved: Set<String>
    private let places: Places
    private let environment: [String: String]
    private let files: AWSFiles
    private var indices: [String: Int] = [:]

    /// - Parameters:
    ///   - policy: kept if `config.json` cannot be read; so are `profiles`.
    ///   - inForce: used instead of the settings that were read.
    init(
        _ reading: ConfigurationReading, places: Places, policy: Policy, profiles: [String], inForce: ClaudeSettings?
    ) {
        damage = inForce == nil ? reading.settings.damage : nil
        profileOfSetup = reading.settings.profileOfSetup
        self.policy = policy
        self.profiles = profiles
        self.places = places
        environment = reading.environment
        files = reading.aws
        findings = files.findings
        switch reading.approvals {
        case .success(let commands): approved = Set(commands)
        case .failure(let error):
            approved = []
            findings.append(
                Finding(
                    .approvalsDamaged, .warning, subject: places.approvals, message: "\(error)",
                    fix: "rm \(ShellWords.quoted(places.approvals)); bedrock-agent approve"))
        }
        read(config: reading.config)
        let settings = inForce ?? reading.settings.settings
        findings += damage?.findings(among: settings.findings) ?? settings.findings
        readClaude(settings)
        for profile in self.profiles { guardMore(profile) }
    }

    private mutating func read(config: Result<[UInt8]?, HostFailure>) {
        do {
            guard let bytes = try config.get() else {
                policy = Policy()
                profiles = []
                return
            }
            let config = try AgentConfig(parsing: bytes.span)
            policy = config.policy
            profiles = config.profiles
        } catch {
            findings.append(
                Finding(
                    .configWrong, .error, subject: places.config,
                    message: error is HostFailure ? "\(error)" : "\(places.config): \(error)",
                    fix: "correct it; until then the previous configuration stays in force"))
        }
    }

    private mutating func readClaude(_ settings: ClaudeSettings) {
        claude.usesBedrock = settings.usesBedrock.value
        claude.profile = settings.profile.value
        claude.region = settings.region?.value
        claude.model = settings.model?.value
        claude.awsAuthRefresh = settings.awsAuthRefresh?.value.line
        claude.approved = claude.awsAuthRefresh.map(approved.contains) ?? false
        claude.settingsPath = places.userSettings
        claude.subject = subject(settings)
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
            switch try files.config().resolve(chosen.value) {
            case .unguarded(let why):
                return .unguarded(reason: "\(why)", fix: "nothing to do; to use another profile: bedrock-agent setup")
            case .sso(let profile):
                let config = try files.config()
                if let other = config.preferredOverSSO(in: profile) {
                    return .unguarded(reason: other.message, fix: other.fix)
                }
                findings += config.differences(for: profile.name).map(\.finding)
                guard config.isSeenByClaude(profile) else { return .misconfigured }
                add(profile, command(for: profile, settings))
                claudeProfile = profile
                return .session(profile.session.name)
            }
        } catch {
            var finding = files.finding(error, about: chosen.value, source: "\(chosen.source)")
            if case .noSuchProfile(let name, _, nil)? = error as? AWSConfigError, name == profileOfSetup {
                finding.fix = SettingsDamage.fix
            }
            findings.append(finding)
            return .misconfigured
        }
    }

    /// The command in `awsAuthRefresh`, if it may run; if it calls `bedrock-agent login`, the sign-in that it stands
    /// for.
    private mutating func command(for profile: ResolvedProfile, _ settings: ClaudeSettings) -> SignInCommand {
        guard let setting = settings.awsAuthRefresh else { return .missing }
        let refresh = AuthRefresh(setting.value.line)
        if let finding = refresh.finding(for: profile, in: try? files.config(), source: "\(setting.source)") {
            findings.append(finding)
        }
        guard setting.value.isFromTrustedFile else {
            return .untrusted(reason: "\(setting.source) is in a file that others can write")
        }
        guard claude.approved else { return .unapproved(setting.value.line) }
        return .approved(refresh.callsOnUs ? AuthRefresh.signIn(to: profile) : setting.value.line)
    }

    private mutating func guardMore(_ name: String) {
        do {
            switch try files.config().resolve(name) {
            case .sso(let profile): add(profile, .approved(AuthRefresh.signIn(to: profile)))
            case .unguarded(let why):
                findings.append(
                    Finding(
                        .unguarded, .warning, subject: name, message: "\(why)",
                        fix: "remove it from profiles in \(places.config)"))
            }
        } catch {
            findings.append(files.finding(error, about: name, source: "profiles in \(places.config)"))
        }
    }

    private mutating func add(_ profile: ResolvedProfile, _ command: SignInCommand) {
        if let index = indices[profile.session.name] {
            if !sessions[index].profiles.contains(profile.name) { sessions[index].profiles.append(profile.name) }
            return
        }
        var session = SessionFacts(session: profile.session, profiles: [profile.name])
        session.command = command
        session.caBundle = profile.caBundle(in: environment)
        do {
            session.endpoint = try profile.endpoints.url(
                for: .ssoOIDC, region: profile.session.region, environment: environment)
        } catch {
            findings.append(
                Finding(
                    .endpointWrong, .error, subject: profile.name, message: "\(error)",
                    fix: "correct it, then run systemctl --user reload bedrock-agent"))
        }
        indices[profile.session.name] = sessions.count
        sessions.append(session)
    }
}
