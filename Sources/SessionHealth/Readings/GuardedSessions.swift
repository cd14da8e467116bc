import FoundationEssentials

/// Decides which sessions to guard, and how to sign in to them, from our own configuration, Claude Code's settings and
/// the AWS files.
struct GuardedSessions {
    /// `notify` of `config.json`.
    private(set) var notify = UserCommand.missing
    /// From our own files, and about `profiles`.
    private(set) var findings: [Finding] = []
    /// One for each folder of the reading.
    private(set) var claudes: [ClaudeFacts] = []
    private(set) var sessions: [SessionFacts] = []
    /// What has become of each of `profiles`.
    private(set) var profileFacts: [ProfileFacts] = []
    /// The profile that leads Claude Code to its session, with the folder that our own environment names.
    private(set) var claudeProfile: ResolvedProfile?
    private let own: OwnConfig
    private let places: Places
    private var indices: [String: Int] = [:]

    /// - Parameters:
    ///   - own: our own configuration, with what is wrong in its files.
    ///   - inForce: used instead of the settings that were read, by their path.
    init(
        _ reading: ConfigurationReading, places: Places, own: (config: OwnConfig, findings: [Finding]),
        inForce: [String: ClaudeSettings]
    ) {
        self.own = own.config
        self.places = places
        findings = own.findings
        var approved: [String] = []
        switch reading.approvals {
        case .success(let commands): approved = commands
        // It is told with the other files that cannot be read.
        case .failure(let error) where error.isPassing: break
        case .failure(let error):
            let quoted = ShellWords.quoted(places.approvals)
            findings.append(
                Finding(
                    .approvalsDamaged, .warning, subject: places.approvals, message: "\(error)",
                    fix: "mv \(quoted) \(quoted).unreadable; bedrock-agent approve"))
        }
        judgeNotify(reading.config.userIsOpenAt, approved)
        for folder in reading.folders {
            var guarded = GuardedFolder(
                folder, places, approved: approved, inForce: inForce[folder.path], own: self.own)
            if let (profile, command) = guarded.session {
                guarded.claude.findings += add(profile, command, of: folder)
                if folder.folder == nil { claudeProfile = profile }
            }
            if let (login, command) = guarded.login { add(login, command, of: folder) }
            guarded.nameFolder()
            claudes.append(guarded.claude)
        }
        guard let folder = reading.folders.first, folder.isWhole else { return }
        for profile in self.own.values.profiles {
            profileFacts.append(ProfileFacts(profile, guardMore(profile, folder)))
        }
    }

    /// The command is not shown: it may contain the address of somebody's chat. One of root's needs no approval: root
    /// could do worse.
    private mutating func judgeNotify(_ openPlace: OpenPlace?, _ approved: [String]) {
        guard let command = own.values.notify, let setting = own.notify else { return }
        if setting.path == places.managedConfig {
            notify = .approved(command)
        } else if let openPlace {
            let reason = "others can write \(openPlace.path)"
            notify = .untrusted(reason: reason, fix: openPlace.fix)
            findings.append(
                Finding(
                    .notifyUntrusted, .warning, subject: places.config,
                    message: "notify (\(setting.place)) is not run: \(reason)",
                    fix: openPlace.fix))
        } else if approved.containsSpelled(AgentConfig.approval(ofNotify: command)) {
            notify = .approved(command)
        } else {
            notify = .unapproved(command)
            findings.append(
                Finding(
                    .notifyUnapproved, .warning, subject: places.config,
                    message: "notify (\(setting.place)) has not been approved, and is not run",
                    fix: "bedrock-agent approve"))
        }
    }

    /// Whoever names a profile there wants its session kept, so our own program signs in to it: a command with nothing in
    /// it that a file says, for which nobody's approval is needed.
    private mutating func guardMore(_ name: String, _ folder: ClaudeFolderReading) -> ClaudeFacts.Guard {
        let isRoots = own.managed.profiles.containsSpelled(name)
        do {
            let config = try folder.aws.config()
            switch try config.resolve(name) {
            case .sso(let profile):
                let command = UserCommand.approved(AuthRefresh.coalesced(for: profile))
                findings += add(profile, command, of: folder)
                guard let index = indices[profile.session.name], sessions[index].session == profile.session else {
                    return .misconfigured
                }
                if sessions[index].command == .missing { sessions[index].command = command }
                return .session(profile.session.name)
            case .unguarded(let why):
                if let login = LoginProfile(why, of: name, config, places, folder.environment) {
                    add(login, .approved(login.command), of: folder)
                    return .session(login.session.name)
                }
                let fix =
                    isRoots
                    ? "ask whoever manages \(places.managedConfig)"
                    : "bedrock-agent reset --guard \(ShellWords.quoted(name))"
                findings.append(Finding(.unguarded, .warning, subject: name, message: "\(why)", fix: fix))
                return .unguarded(reason: "\(why)", fix: fix)
            }
        } catch {
            let file = isRoots ? places.managedConfig : places.config
            if isRoots, case .noSuchProfile(_, _, nil)? = error as? AWSConfigError {
                let reason = "\(file) names the profile \(name), which you do not have"
                let fix = "nothing to do, or ask whoever manages it"
                findings.append(Finding(.unguarded, .info, subject: name, message: reason, fix: fix))
                return .unguarded(reason: reason, fix: fix)
            }
            findings.append(folder.aws.finding(error, about: name, source: "profiles in \(file)"))
            return .misconfigured
        }
    }

    private mutating func add(_ login: LoginProfile, _ command: UserCommand, of folder: ClaudeFolderReading) {
        let name = login.session.name
        let index = indices[name] ?? sessions.count
        if index == sessions.count {
            var session = SessionFacts(session: login.session, profiles: [])
            session.command = command
            session.claudeFolder = folder.folder
            indices[name] = index
            sessions.append(session)
        }
        if sessions[index].command == .missing { sessions[index].command = command }
        for profile in login.profiles where !sessions[index].profiles.containsSpelled(profile) {
            sessions[index].profiles.append(profile)
        }
    }

    /// - Returns: what is wrong with it.
    private mutating func add(
        _ profile: ResolvedProfile, _ command: UserCommand, of folder: ClaudeFolderReading
    ) -> [Finding] {
        if let index = indices[profile.session.name] {
            let known = sessions[index].session
            guard known == profile.session, known.name.isSpelled(as: profile.session.name) else {
                return [.twoSessions(profile, beside: known)]
            }
            if !sessions[index].profiles.containsSpelled(profile.name) { sessions[index].profiles.append(profile.name) }
            return []
        }
        var findings: [Finding] = []
        var session = SessionFacts(session: profile.session, profiles: [profile.name])
        session.command = command
        session.claudeFolder = folder.folder
        session.caBundle = profile.caBundle(in: folder.environment)
        do {
            session.endpoint = try profile.endpoints.url(
                for: .ssoOIDC, region: profile.session.region, environment: folder.environment)
        } catch {
            let source = error.variable.map { folder.settings.settings.variableSources[$0] ?? .environment($0) }
            let problem = (source.flatMap { $0.path == nil ? nil : "\($0): " } ?? "") + "\(error)"
            session.endpointProblem = problem
            findings.append(
                Finding(
                    .endpointWrong, .error, subject: profile.name, message: problem,
                    fix: "correct it, then run systemctl --user reload bedrock-agent"))
        }
        indices[profile.session.name] = sessions.count
        sessions.append(session)
        return findings
    }
}

extension Finding {
    /// Two files give one name to two sessions.
    fileprivate static func twoSessions(_ profile: ResolvedProfile, beside other: SSOSession) -> Finding {
        let name = profile.session.name
        let fix = "rename one of them, in its section and as sso_session of its profiles"
        guard name.isSpelled(as: other.name) else {
            return Finding(
                .sessionTwice, .error, subject: profile.name,
                message: "sso-session \(name.spelledOut) of profile \(profile.name) is not guarded: its name looks like"
                    + " that of \(other.name.spelledOut), and is spelled otherwise",
                fix: fix)
        }
        return Finding(
            .sessionTwice, .error, subject: profile.name,
            message: "sso-session \(name) of profile \(profile.name) (\(profile.session.startURL),"
                + " \(profile.session.region)) has the name of another one that is guarded (\(other.startURL), \(other.region)), and the AWS tools"
                + " keep one token for both",
            fix: fix)
    }
}
