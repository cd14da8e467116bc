import FoundationEssentials

// The one sign-in that may be under way, whoever asked for it: the plan, a client, a notification's button, or a
// `bedrock-agent login` in a terminal, which holds a lock.

extension Core {
    // MARK: Who asks

    /// Starts a sign-in to a session, or joins the one under way.
    /// - Throws: why it cannot run.
    mutating func ask(for name: String, _ asker: Asker?) throws(ControlError) {
        guard let session = session(name) else { throw .noSuchSession(name) }
        if let running = facts.signIn {
            guard running.session == name else { throw .underWay(running.session) }
            guard let asker, asker.client != .nobody else { return }
            if running.isOver { return emit(.reply(asker.client, .signIn(.healthy, url: nil, code: nil))) }
            signIn?.waiting.append(asker)
            tell(asker)
            return
        }
        switch session.command {
        case .approved: break
        case .missing: throw .unguarded("awsAuthRefresh is not set: bedrock-agent setup")
        case .unapproved, .untrusted: throw .notApproved
        }
        if let asker {
            if askers[name]?.clients.contains(asker) == true { return }
            askers[name, default: Askers()].clients.append(asker)
        } else {
            askers[name, default: Askers()].isFromDesktop = true
        }
        lookAtLock(of: session.session)
    }

    /// Replaces a session that works: the person has pressed the button.
    /// - Throws: if another sign-in is under way.
    mutating func askToRenew(_ name: String) throws(ControlError) {
        guard let session = session(name) else { throw .noSuchSession(name) }
        if let running = facts.signIn { throw .underWay(running.session) }
        askers[name, default: Askers()].isFromDesktop = true
        askers[name]?.wantsRenewal = true
        lookAtLock(of: session.session)
    }

    /// Nothing starts before it is known that no terminal is signing in to the session. (What failed for its registration
    /// runs once more without that.)
    mutating func lookAtLock(of session: SSOSession) { emit(.lookAtSignInLock(session)) }

    /// The only place that decides whether a sign-in starts.
    mutating func lockSeen(
        _ name: String, _ isTaken: Bool, _ note: SignInNote?, isForeign: Bool, at now: Moment
    ) {
        guard let session = session(name) else { return }
        update(name) { $0.isSigningInElsewhere = isTaken || isForeign }
        // Whoever asks here is not made to wait for a foreign one: it tells nobody where to sign in.
        if isTaken || isForeign && askers[name] == nil {
            wait(session, note, at: now)
            return step(at: now)
        }
        if hasEnded(session, note, at: now) { return step(at: now) }
        tellWhoMissedIt(session, at: now)
        let asked = askers.removeValue(forKey: name)
        if let running = facts.signIn { return refuse(asked, .underWay(running.session)) }
        let index = configuration.sessionIndex[name] ?? 0
        let decided = SessionHealth.plan(for: facts, at: now).sessions[index]
        if let asked, asked.wantsRenewal, decided.need == nil {
            // By our own program, whose command needs nobody's approval.
            guard let offer = decided.renewal, let profile = session.profiles.first else {
                record(
                    JournalMessage(.signInEnded, .info, "\(name): it need not be signed in to anew any more", [:]))
                refuse(asked, .signInFailed("the session need not be replaced any more"))
                return step(at: now)
            }
            begin(
                session, offer.command(for: profile) + " --yes", isAutomatic: false, isEarly: false, isNeeded: false,
                isRenewal: true, for: asked, at: now)
        } else if let asked, case .approved(let command) = session.command {
            begin(
                session, command, isAutomatic: false, isEarly: false, isNeeded: decided.need != nil,
                for: asked, at: now)
        } else if case .signIn(let command, let isEarly, _) = decided.action {
            begin(session, command, isAutomatic: true, isEarly: isEarly, isNeeded: true, for: nil, at: now)
        } else {
            refuse(asked, .notApproved)
        }
    }

    /// A terminal is signing in to the session: whoever asked here waits for that.
    private mutating func wait(_ session: SessionFacts, _ note: SignInNote?, at now: Moment) {
        let name = session.session.name
        guard var asked = askers[name] else { return }
        if !asked.waits {
            asked.since = now.wall
            asked.before = session.token.clocks?.fingerprint
            askers[name] = asked
        }
        let isNews = note?.failedAt == nil
        for asker in asked.clients where asker.wantsMore {
            emit(
                .tell(asker.client, .signIn(.signingIn, url: isNews ? note?.url : nil, code: isNews ? note?.code : nil))
            )
        }
    }

    /// Tells those who waited for a sign-in in a terminal its result.
    /// - Returns: false if nobody waited, or the result is not known: then it is up to us.
    private mutating func hasEnded(_ session: SessionFacts, _ note: SignInNote?, at now: Moment) -> Bool {
        let name = session.session.name
        guard let asked = askers[name], let since = asked.since else { return false }
        if let clocks = session.token.clocks, clocks.expiresAt > now.wall, clocks.fingerprint != asked.before {
            tellHealthy(asked.clients)
        } else if let failedAt = note?.failedAt, failedAt >= since.timeIntervalSince1970 - 1 {
            refuse(asked, .signInFailed(note?.reason ?? "the sign-in in a terminal failed"))
        } else {
            return false
        }
        askers[name] = nil
        return true
    }

    /// A sign-in may have ended between what made somebody ask and the question.
    private mutating func tellWhoMissedIt(_ session: SessionFacts, at now: Moment) {
        let name = session.session.name
        guard let asked = askers[name], let clocks = session.token.clocks, clocks.expiresAt > now.wall,
            need(of: session, at: now) == nil
        else { return }
        // A date in the future is from before the clock was set back.
        guard clocks.writtenAt <= now.wall + 1 else { return }
        let missed = asked.clients.filter { $0.since.map { clocks.writtenAt >= $0 } ?? false }
        guard !missed.isEmpty else { return }
        tellHealthy(missed)
        askers[name]?.clients.removeAll(where: missed.contains)
        if missed.count == asked.clients.count, !asked.isFromDesktop { askers[name] = nil }
    }

    private mutating func refuse(_ asked: Askers?, _ error: ControlError) { refuse(asked?.clients ?? [], error) }

    mutating func tellHealthy(_ clients: [Asker]) {
        for asker in clients { emit(.reply(asker.client, .signIn(.healthy, url: nil, code: nil))) }
    }

    mutating func refuse(_ clients: [Asker], _ error: ControlError) {
        for asker in clients { emit(.reply(asker.client, .failed(error))) }
    }

    /// Who asked for a sign-in to a session that is not guarded any more, or for its refresh, waits in vain.
    mutating func refuseUnguarded() {
        for name in askers.keys.sorted() where session(name) == nil {
            refuse(askers.removeValue(forKey: name), .noSuchSession(name))
        }
        for name in refreshWaiters.keys.sorted() where session(name) == nil && refreshes[name] == nil {
            answer(name, .failed(.noSuchSession(name)))
        }
    }

    // MARK: Its start

    mutating func signInStarted(_ record: AgentState.RunningSignIn) {
        signIn?.isRunning = true
        signIn?.unit = record.unit
        memory.runningSignIn = record
        save()
        if signIn?.stopsAt != nil { emit(.settle) }
    }

    /// Finds a running sign-in of an earlier process: the one that it recorded, else another that runs. This is the last
    /// thing that the start waits for.
    mutating func signInsFound(_ found: [AgentState.RunningSignIn]?, at now: Moment) {
        var running = memory.runningSignIn
        let lost = running
        if let found, let recorded = running {
            let key = session(recorded.session)?.session.tokenKeyHash
            if let same = found.first(where: { recorded.isSame(as: $0, key: key) }) {
                running?.unit = same.unit
                running?.pid = same.pid
                running?.processStart = same.processStart
            } else if recorded.unit != nil || !found.isEmpty {
                running = nil
            }
        }
        if let record = running ?? found?.first.map(named) {
            adopt(record)
            lookWhetherSignInIsOver(at: now)
            let deadline = record.startedAt + facts.policy.signInTimeout
            emit(.adoptSignIn(record, timeLeft: deadline.timeIntervalSince(now.wall)))
        } else if let lost {
            adopt(lost)
            end(.unwatched)
        } else {
            emit(.forgetSignInOutput)
        }
        record(JournalMessage(.started, .info, "bedrock-agent \(process.version) started"))
        plan = SessionHealth.plan(for: facts, at: now)
        emit(.watchSurroundings)
        surroundings = .asked(until: now.boot + Core.patience)
        emit(.tellReady(Announcer.line(facts, plan)))
        emit(.arm(Wake(boot: now.boot + Core.patience)))
    }

    /// What was found contains only the session's key. If the sign-in fails, the token that is there now is no proof of
    /// the contrary.
    private func named(_ record: AgentState.RunningSignIn) -> AgentState.RunningSignIn {
        var record = record
        record.machine = machine
        if let session = facts.sessions.first(where: { $0.session.tokenKeyHash == record.session }) {
            record.session = session.session.name
            record.before = session.token.clocks?.fingerprint
        }
        return record
    }

    private mutating func adopt(_ record: AgentState.RunningSignIn) {
        facts.signIn = SignInInFlight(
            session: record.session, startedAt: record.startedAt, isAutomatic: record.isAutomatic,
            before: record.before, url: record.url, code: record.code)
        facts.signIn?.isNeeded = record.isNeeded ?? record.isAutomatic
        facts.signIn?.isRenewal = record.isRenewal ?? false
        signIn = SignInWork(session: record.session, isRenewal: record.isRenewal ?? false)
        signIn?.isAdopted = true
        signIn?.output = SignInOutput(url: record.url, code: record.code)
    }

    // MARK: Meanwhile

    mutating func heard(_ bytes: [UInt8]) {
        guard var output = signIn?.output else { return }
        let before = (output.url, output.code)
        output.append(bytes)
        write(output.takeLines())
        signIn?.output = output
        guard before != (output.url, output.code) else { return }
        facts.signIn?.url = output.url
        facts.signIn?.code = output.code
        memory.runningSignIn?.url = output.url
        memory.runningSignIn?.code = output.code
        signIn?.waiting.forEach { tell($0) }
        emit(.settle)
    }

    /// Logs the command's output as if its own unit had written it.
    mutating func write(_ lines: [String]) {
        guard let signIn else { return }
        var fields = session(signIn.session).map { JournalMessage.fields(of: $0) } ?? [:]
        fields["USER_UNIT"] = signIn.unit
        for line in lines { record(JournalMessage(.childOutput, .info, "\(signIn.session): \(line)", fields)) }
    }

    mutating func tell(_ asker: Asker) {
        guard asker.wantsMore, let signIn = facts.signIn else { return }
        emit(.tell(asker.client, .signIn(.signingIn, url: signIn.url, code: signIn.code)))
    }
}

extension AgentState.RunningSignIn {
    /// - Parameters:
    ///   - found: one that runs, with the key of its session in the place of the name.
    ///   - key: of this one's session.
    fileprivate func isSame(as found: AgentState.RunningSignIn, key: String?) -> Bool {
        if let unit { return unit == found.unit }
        if let pid { return pid == found.pid && processStart == found.processStart }
        // It may have started before it was recorded.
        return key == found.session
    }
}

extension ControlError {
    fileprivate static func underWay(_ session: String) -> ControlError {
        .signInFailed("a sign-in to \(session) is under way; try again when it has finished")
    }
}
