import FoundationEssentials

// What the files say, as they are read again and again.

/// What is remembered of the configuration between readings.
struct ConfigurationMemory: Sendable {
    /// What was read last; parts of it stay in force while they cannot be read.
    var reading: ConfigurationReading?
    var own = SoundConfig()
    /// The folders of Claude Code's that were read beside our own.
    var claudeFolders: [String] = []
    /// By the path of the settings.
    var soundSettings: [String: LastSoundSettings] = [:]
    var claudeProfile: AgentState.ClaudeProfile?
    /// All files that decide what is guarded.
    var files: Set<String> = []
    /// The session of each token or registration file.
    var tokenPaths: [String: Int] = [:]
    var sessionIndex: [String: Int] = [:]
    /// It and the tokens have been read at least once.
    var isKnown = false
}

extension Core {
    /// The session of this name.
    package func session(_ name: String) -> SessionFacts? {
        configuration.sessionIndex[name].map { facts.sessions[$0] }
    }

    mutating func update(_ name: String, _ change: (inout SessionFacts) -> Void) {
        guard let index = configuration.sessionIndex[name] else { return }
        change(&facts.sessions[index])
    }

    /// A change of the files that decide what to guard affects everything; of a token file, only its session.
    mutating func changed(_ files: Set<String>) {
        let indices = Set(files.compactMap { configuration.tokenPaths[$0] })
        guard files.allSatisfy({ configuration.tokenPaths[$0] != nil }) else { return readConfiguration() }
        readTokens(indices.sorted().map { facts.sessions[$0].session })
    }

    /// The sessions to guard. What this process tried before is kept for those that remain.
    mutating func take(_ reading: ConfigurationReading, at now: Moment) {
        // What this process learned about a session is set aside while it is not guarded, and comes back with it.
        memory.remembered = state
        var reading = reading
        reading.complete(with: configuration.reading)
        configuration.reading = reading
        facts.unreadSince = reading.unread.isEmpty ? nil : facts.unreadSince ?? now.boot
        let old = Dictionary(facts.sessions.map { ($0.session, $0) }) { $1 }
        let inForce = takeSound(reading.folders, at: now)
        let wrong = configuration.own.take(reading.config, places)
        let own = configuration.own.config
        let guarded = GuardedSessions(reading, places: places, own: (own, wrong), inForce: inForce)
        configuration.claudeProfile =
            guarded.claudeProfile.map(AgentState.ClaudeProfile.init) ?? configuration.claudeProfile
        facts.policy = own.values.policy
        facts.notify = guarded.notify
        configuration.claudeFolders = reading.folders.compactMap(\.folder)
        facts.findings = reading.unread.map(\.finding) + guarded.findings + memory.findings
        facts.claude = guarded.claudes.first ?? ClaudeFacts()
        facts.otherClaudes = Array(guarded.claudes.dropFirst())
        facts.profiles = guarded.profileFacts
        setUp.offer = SetUpOffer(own, facts)
        facts.sessions = guarded.sessions.map { new in
            var session = new
            if let known = old[new.session] {
                session.keep(from: known)
            } else {
                session.jitter = Double.random(in: 0..<1, using: &random)
                session.record = memory.remembered.sessions[new.session.name] ?? SessionRecord()
                // It was guarded a moment ago.
                session.isRefreshing = refreshes[new.session.name] != nil
            }
            return session
        }
        index(reading.files)
        refuseUnguarded()
        for folder in reading.folders where folder.settings.isSound && !folder.settings.written.isEmpty {
            emit(.keepGoodSettings(folder.path))
        }
        // Each file is read after its watch is set, so that no change is missed.
        emit(.watch(configuration.files.union(configuration.tokenPaths.keys)))
        readTokens(facts.sessions.map(\.session))
    }

    mutating func readConfiguration() { emit(.readConfiguration(folders: configuration.claudeFolders)) }

    /// - Returns: by path, the last sound settings of those that may be caught in the middle of a write.
    private mutating func takeSound(
        _ folders: [ClaudeFolderReading], at now: Moment
    ) -> [String: ClaudeSettings] {
        var inForce: [String: ClaudeSettings] = [:]
        for folder in folders {
            inForce[folder.path] = configuration.soundSettings[folder.path, default: LastSoundSettings()].take(
                folder.settings.settings, isSound: folder.settings.isSound, at: now.boot,
                patience: facts.policy.tornPatience)
        }
        configuration.soundSettings = configuration.soundSettings.filter { known in
            folders.contains { $0.path == known.key }
        }
        facts.settingsDoubtfulSince = configuration.soundSettings.values.compactMap(\.doubtfulSince).min()
        return inForce
    }

    private mutating func index(_ files: Set<String>) {
        configuration.files = files
        configuration.sessionIndex = [:]
        configuration.tokenPaths = [:]
        for (index, session) in facts.sessions.enumerated() {
            configuration.sessionIndex[session.session.name] = index
            configuration.tokenPaths[places.token(session.session.tokenFileName)] = index
            guard session.session.kind != .login else { continue }
            configuration.tokenPaths[places.token(session.session.registrationFileName)] = index
        }
    }

    mutating func readTokens(_ sessions: [SSOSession]) { emit(.readTokens(sessions)) }

    /// Those that were being written, or are not readable by us.
    mutating func readTornTokens() {
        let torn = facts.sessions.filter {
            switch $0.token {
            case .torn, .unreadable, .unread: true
            case .absent, .found: false
            }
        }
        if !torn.isEmpty { readTokens(torn.map(\.session)) }
    }

    /// Takes the token files' content, and with it the result of a refresh or sign-in that has ended.
    mutating func take(_ readings: [SessionReading], at now: Moment) {
        for reading in readings {
            let name = reading.session.name
            let isOurs = facts.signIn?.session == name
            let lastSignIn = session(name)?.record.lastSignIn
            let worked = session(name).map { $0.tokenWasRead && need(of: $0, at: now) == nil } ?? false
            let somebodyWaits = refreshWaiters[name] != nil
            update(name) { session in
                guard session.session == reading.session else { return }
                // What is in the file may be used up.
                if reading.hasKeptGrant, !session.tokenWasRead, case .found = reading.token {
                    session.refreshIsAsked = !session.isRefreshing
                }
                let before = session.token.clocks?.fingerprint
                session.note(
                    reading.token.facts(after: session.token, at: now), at: now.wall, signInIsOurs: isOurs)
                // The reason was one of the token before.
                if !somebodyWaits, let before, let token = session.token.clocks, token.fingerprint != before {
                    session.refreshIsAsked = false
                }
                session.registration = reading.registration ?? session.registration
            }
            if let session = session(name), session.record.lastSignIn != lastSignIn {
                record(JournalMessage(signInElsewhereTo: session))
            }
            finishRefresh(of: name, at: now)
            finishSignIn(to: name, at: now)
            if isOurs { lookWhetherSignInIsOver(at: now) }
            // Only now: the sign-in in a terminal may have helped.
            // What ended it may be a `cover` there, whose page is open.
            let endsNow = worked && session(name).map { need(of: $0, at: now) != nil } ?? false
            if endsNow || askers[name]?.waits == true || session(name)?.isSigningInElsewhere == true {
                emit(.lookAtSignInLock(reading.session))
            }
        }
        if !configuration.isKnown {
            configuration.isKnown = true
            emit(.findSignIns)
        }
        finishReloads(at: now)
        emit(.settle)
    }

    func need(of session: SessionFacts, at now: Moment) -> SignInNeed? {
        SessionDecision(facts: facts, session: session, now: now, signInIsFree: true).plan().need
    }

    private mutating func finishReloads(at now: Moment) {
        guard !clients.reloads.isEmpty else { return }
        let answered = clients.reloads
        clients.reloads = []
        step(at: now)
        emit(.tellReady(Announcer.line(facts, plan)))
        for case let client? in answered { emit(.reply(client, .done)) }
    }

    /// What cannot be watched is read by timer, which also tries to watch it again.
    mutating func watched(_ failure: String?) {
        guard facts.unwatched != failure else { return }
        facts.unwatched = failure
        emit(.settle)
    }

    /// Forgets refusals of the service or the system whose cause a person may have fixed.
    mutating func forgetRefusals() {
        for index in facts.sessions.indices {
            // The time of a success is kept: changes of the clock are measured against it.
            if facts.sessions[index].lastTry?.outcome.isSuccess == false { facts.sessions[index].lastTry = nil }
            if case .refused = facts.sessions[index].record.refusal?.outcome {
                facts.sessions[index].record.refusal = nil
            }
        }
    }
}
