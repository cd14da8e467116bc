import FoundationEssentials
import Glibc
import SessionHealth

/// Reads the facts from disk, and again when something changed. The daemon and `status` without one use the same.
package final class FactsReader {
    private let paths: Paths
    private let environment: [String: String]
    private let programs = Programs()
    package var facts = Facts()
    /// Those of `config.json`, which stay when that cannot be read.
    private var moreProfiles: [String] = []
    /// Which file holds what, for reading again just what changed.
    private var sessionIndex: [String: Int] = [:]
    private var tokenPaths: [String: Int] = [:]
    /// Every file whose change matters; before anything was read, those that say which others do.
    package private(set) var watched: Set<String>
    /// What `state.json` held at the start; nil for a damaged one.
    package private(set) var saved: AgentState?
    /// The same, or nothing where it is damaged; later also what is kept of sessions that are not guarded now.
    private var remembered: AgentState?
    /// The sign-in to find again after a restart.
    package var runningSignIn: AgentState.RunningSignIn?
    /// What the desktop shows and showed of each session.
    package var notifications: [String: NotificationRecord] = [:]

    private var settingsInForce = LastSoundSettings()
    /// `setup` wrote the user's settings, and all is well with them.
    package private(set) var settingsAreGood = false
    private var claudeProfile: AgentState.ClaudeProfile?

    package init(paths: Paths, environment: [String: String]) {
        self.paths = paths
        self.environment = environment
        watched = GuardedSessions.files(paths, environment)
        facts.presence = Presence(environment: environment)
    }

    /// Reads everything.
    package func readAll(at now: Moment) {
        readConfiguration(at: now)
        readTokens(at: now)
    }

    /// Reads which sessions to guard, and with that which files to watch. What this process tried before is kept for
    /// the sessions that are still there.
    package func readConfiguration(at now: Moment) {
        recall()
        // What this process learned since goes with a session that is not guarded now, and comes back with it.
        let remembered = state
        self.remembered = remembered
        let old = Dictionary(facts.sessions.map { ($0.session, $0) }) { $1 }
        let reading = SettingsOnDisk(paths: paths, environment: environment)
        let inForce = settingsInForce.take(
            reading.settings, isSound: reading.isSound, at: now.boot, patience: facts.policy.tornPatience)
        facts.settingsDoubtfulSince = settingsInForce.doubtfulSince
        settingsAreGood = reading.isSound && !reading.written.isEmpty
        let guarded = GuardedSessions(
            paths: paths, environment: environment, policy: facts.policy, profiles: moreProfiles, reading: reading,
            inForce: inForce)
        claudeProfile = guarded.claudeProfile.map(AgentState.ClaudeProfile.init) ?? claudeProfile
        facts.policy = guarded.policy
        moreProfiles = guarded.profiles
        facts.findings = guarded.findings + stateFindings
        facts.claude = guarded.claude
        facts.sessions = guarded.sessions.map { new in
            var session = new
            guard let known = old[new.session] else {
                session.record = remembered.sessions[new.session.name] ?? SessionRecord()
                return session
            }
            session.keep(from: known)
            return session
        }
        index()
    }

    /// Reads the token files of all sessions.
    package func readTokens(at now: Moment) {
        for index in facts.sessions.indices { readToken(index, at: now) }
    }

    private func index() {
        sessionIndex = [:]
        tokenPaths = [:]
        for (index, session) in facts.sessions.enumerated() {
            sessionIndex[session.session.name] = index
            tokenPaths[path(session.session.tokenFileName)] = index
            tokenPaths[path(session.session.registrationFileName)] = index
        }
        watched = GuardedSessions.files(paths, environment).union(tokenPaths.keys)
    }

    private func path(_ name: String) -> String { paths.tokenCache + "/" + name }

    /// Reads the token files of the sessions that these of the `watched` files belong to.
    /// - Returns: false, and nothing is read, when one of them says what to guard: everything is to be read anew.
    package func readTokens(in changed: Set<String>, at now: Moment) -> Bool {
        let tokens = Set(changed.compactMap { tokenPaths[$0] })
        guard changed.allSatisfy({ tokenPaths[$0] != nil }) else { return false }
        for index in tokens { readToken(index, at: now) }
        return true
    }

    /// Reads the token files again that were in the middle of somebody's write, or not ours to read.
    package func readTornTokens(at now: Moment) {
        for (index, session) in facts.sessions.enumerated() {
            switch session.token {
            case .torn, .unreadable: readToken(index, at: now)
            case .absent, .found: break
            }
        }
    }

    // MARK: What outlives the process

    private var stateFindings: [Finding] = []

    /// What an earlier process wrote, read once.
    private func recall() {
        guard remembered == nil else { return }
        var state = AgentState()
        do {
            state = try StateFile(path: paths.state).read()
            saved = state
        } catch {
            stateFindings = [
                Finding(
                    .stateDamaged, .warning, subject: paths.state, message: "\(error)",
                    fix: "nothing to do: it is written anew; cooldowns and what was learned are lost")
            ]
        }
        remembered = state
        facts.automaticSignIns = state.automaticSignIns
        runningSignIn = state.running
        notifications = state.notifications ?? [:]
        claudeProfile = state.claudeProfile
    }

    /// What the next process should know. Of a session of which there is nothing to remember, nothing is kept.
    package var state: AgentState {
        var state = remembered ?? AgentState()
        let nothing = SessionRecord()
        for session in facts.sessions {
            state.sessions[session.session.name] = session.record == nothing ? nil : session.record
        }
        state.automaticSignIns = facts.automaticSignIns
        state.running = runningSignIn
        state.notifications = notifications.isEmpty ? nil : notifications
        state.claudeProfile = claudeProfile
        return state
    }

    // MARK: One session

    package func session(_ name: String) -> SessionFacts? { sessionIndex[name].map { facts.sessions[$0] } }

    package func update(_ name: String, _ change: (inout SessionFacts) -> Void) {
        guard let index = sessionIndex[name] else { return }
        change(&facts.sessions[index])
    }

    package func readToken(of name: String, at now: Moment) {
        if let index = sessionIndex[name] { readToken(index, at: now) }
    }

    /// A profile's session, whether guarded or not; without a name, the one that Claude Code uses.
    /// - Throws: why there is none, for a person.
    package func resolve(_ profile: String?) throws -> ResolvedProfile {
        let name = profile ?? facts.claude.profile ?? "default"
        switch try AWSFiles(environment: environment, home: paths.home).config().resolve(name) {
        case .sso(let resolved): return resolved
        case .unguarded(let why): throw TokenFileError("\(why): there is no session to sign in to")
        }
    }

    /// What the token file of any session holds.
    package func token(of session: SSOSession, at now: Moment) -> TokenFacts {
        TokenReading(path: path(session.tokenFileName), after: .absent, at: now).facts
    }

    /// Whether a session has a token that is not over.
    package func hasGoodToken(_ session: SSOSession, at now: Moment) -> Bool {
        token(of: session, at: now).clocks.map { $0.expiresAt > now.wall } ?? false
    }

    /// What there is of any session on disk: its token, its client registration, and what is remembered of it.
    package func facts(of session: SSOSession, at now: Moment) -> SessionFacts {
        var facts = SessionFacts(session: session, profiles: [])
        facts.token = token(of: session, at: now)
        facts.registration = RegistrationReading(path: path(session.registrationFileName)).facts
        facts.record = state.sessions[session.name] ?? SessionRecord()
        return facts
    }

    /// What refreshes a session's token.
    /// - Throws: when it cannot be found, or the session's endpoint is wrong.
    package func refreshProgram(
        for session: SessionFacts, _ token: TokenClocks, timeout: TimeInterval
    ) throws -> Program {
        guard let endpoint = session.endpoint else {
            throw TokenFileError("the endpoint of \(session.session.name) is wrong: bedrock-agent status")
        }
        let file = path(session.session.tokenFileName)
        let net = try programs.net
        let locks = paths.stateFolder + "/locks"
        // Where it may not make folders itself, it finds them.
        try Folder.create(locks)
        var program = Program(
            .refresh, key: session.session.tokenKeyHash,
            summary: "Refresh of the AWS SSO session \(session.session.name)",
            command: [
                net, "refresh", "--token-file", file, "--endpoint", endpoint,
                "--expires-at", Timestamp.format(token.expiresAt),
                "--lock-file", locks + "/" + session.session.tokenFileName,
            ], timeout: timeout)
        program.files.written = [try Program.Place(paths.tokenCache), try Program.Place(locks)]
        // The file may be a link to one elsewhere.
        let folder = try Program.Place(Folder.holding(try AtomicWrite.realPath(of: file)))
        if !program.files.written.contains(where: { $0.real == folder.real }) { program.files.written.append(folder) }
        program.files.read = [try Program.Place(net)]
        if let bundle = session.caBundle {
            program.command += ["--ca-bundle", bundle]
            program.files.read.append(try Program.Place(bundle))
        }
        // OpenSSL's own names for certificates elsewhere; one that is not there it passes over.
        for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
            guard let path = environment[name], let place = try? Program.Place(path) else { continue }
            program.files.read.append(place)
        }
        return program
    }

    /// Renames the cached client registration of a session, so that the next sign-in makes a new one.
    /// - Returns: where it is now; nil without one.
    package func setRegistrationAside(of session: SSOSession, at now: Moment) throws(SystemError) -> String? {
        let file = path(session.registrationFileName)
        let aside = file + ".set-aside-" + Timestamp.format(now.wall)
        if rename(file, aside) == 0 { return aside }
        guard errno == ENOENT else { throw SystemError("set aside", file) }
        return nil
    }

    /// Forgets what the service or the system refused for reasons that a person may have mended.
    package func forgetRefusals() {
        for index in facts.sessions.indices {
            // One that worked tells when: how the clock was set since is measured by it.
            if facts.sessions[index].lastTry?.outcome.isSuccess == false { facts.sessions[index].lastTry = nil }
            if case .refused = facts.sessions[index].record.refusal?.outcome {
                facts.sessions[index].record.refusal = nil
            }
        }
    }

    private func readToken(_ index: Int, at now: Moment) {
        let session = facts.sessions[index].session
        let reading = TokenReading(path: path(session.tokenFileName), after: facts.sessions[index].token, at: now)
        let signInIsOurs = facts.signIn?.session == session.name
        facts.sessions[index].note(reading.facts, at: now.wall, signInIsOurs: signInIsOurs)
        facts.sessions[index].registration = RegistrationReading(path: path(session.registrationFileName)).facts
    }
}
