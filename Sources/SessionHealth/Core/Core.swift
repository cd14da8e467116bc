import FoundationEssentials

/// The agent's logic, without I/O and without a clock: what happens goes in as an event, and what to do comes out as
/// effects. Everything that the agent knows and decides is in this one value; the daemon and the simulation drive the
/// same code.
///
/// Inside, `plan(for:at:)` is level-triggered: it is recomputed from the current facts, so that lost and merged events,
/// sleep and restarts are harmless.
package struct Core: Sendable {
    package internal(set) var facts = Facts()
    package internal(set) var plan = Plan()
    let places: Places
    /// What `status` says about the process.
    let process: Status.Daemon
    /// The process's own environment has a display.
    let hasDisplay: Bool
    /// The host name, for whoever reads a message elsewhere.
    let machine: String
    /// Formats the first date in local time; with the day, if that differs from the second date's.
    let localTime: @Sendable (Date, Date) -> String
    var random: SplitMix

    var configuration = ConfigurationMemory()
    var memory = Memory()
    /// The refreshes under way, by session.
    var refreshes: [String: RefreshWork] = [:]
    var refreshWaiters: [String: [ClientID]] = [:]
    /// The sign-in that runs now.
    var signIn: SignInWork?
    /// By session: who asked for a sign-in that waits for the lock to be checked, or for whoever holds it.
    var askers: [String: Askers] = [:]
    var clients = ClientMemory()
    var desktop = DesktopMemory()
    var announcer = Announcer()
    var setUp = SetUpMemory()
    /// What is known about who is at the screen; nothing is done before it is known.
    var surroundings = Surroundings.unknown
    /// When somebody was last seen to be at the screen; nil if nobody is now.
    var seenAt: Date?
    private var effects: [Effect] = []

    enum Surroundings: Equatable, Sendable {
        case unknown
        /// When to continue without an answer from logind, on the boot clock.
        case asked(until: TimeInterval)
        case known
    }

    /// - Parameters:
    ///   - places: where the files are.
    ///   - process: what `status` says of the process.
    ///   - environment: the process's own; tells whether there is a display.
    ///   - watching: the files to watch before anything is read: those that decide what to guard.
    ///   - seed: for everything random.
    ///   - machine: the host name.
    ///   - localTime: local time of day of the first date, with the day where that is not the second's.
    package init(
        places: Places, process: Status.Daemon, environment: [String: String], watching: Set<String>, seed: UInt64,
        machine: String = "", localTime: @escaping @Sendable (Date, Date) -> String
    ) {
        self.places = places
        self.process = process
        self.machine = machine
        hasDisplay = Presence.hasDisplay(environment)
        random = SplitMix(seed: seed)
        self.localTime = localTime
        facts.presence = Presence(environment: environment)
        configuration.files = watching
    }

    /// Takes an event, and returns what to do, in order.
    package mutating func handle(_ event: Event, at now: Moment) -> [Effect] {
        effects = []
        switch event {
        case .started(let state, let damage, let isPassing): start(state, damage, isPassing)
        case .timer: wake(at: now)
        case .settled: step(at: now)
        case .reloadAsked: reload(for: nil)
        case .stopAsked: stop()
        case .cannotServe(let reason):
            record(JournalMessage(.cannotWatch, .error, "cannot serve the control socket: \(reason)"))
            emit(.exit(1))

        case .filesChanged(let files): changed(files)
        case .configurationRead(let reading): take(reading, at: now)
        case .tokensRead(let readings): take(readings, at: now)
        case .watched(let failure): watched(failure)
        case .saved(let failure, let found): saved(failure, found, at: now)

        case .refreshEnded(let session, let ending, let output): refreshEnded(session, ending, output)
        case .signInLockSeen(let session, let isTaken, let note, let isForeign):
            lockSeen(session, isTaken, note, isForeign: isForeign, at: now)
        case .signInReserved(let session, let reservation): reserved(session, reservation, at: now)
        case .signInStarted(let record): signInStarted(record)
        case .signInOutput(let bytes): heard(bytes)
        case .signInEnded(let ending): signInEnded(ending, at: now)
        case .signInsFound(let found): signInsFound(found, at: now)
        case .registrationSetAside(let session, let result): setAside(session, result, at: now)
        case .approved(let command, let failure): approved(command, failure)

        case .loginSessions(let sessions): loginsChanged(sessions, at: now)
        case .woke: woke(at: now)
        case .networkReturned: networkReturned(at: now)
        case .cannotWatch(let reason): record(JournalMessage(.cannotWatch, .warning, reason))

        case .called(let client, let request): answer(client, request, at: now)
        case .hungUp(let client): hungUp(client)
        case .desktop(let state): desktopChanged(state, at: now)
        case .notificationShown(let session, let notification, let id): shown(session, notification, id, at: now)
        case .notificationClosed(let id): notificationClosed(id)
        case .buttonPressed(let id, let button): pressed(id, button, at: now)
        case .notifyEnded(let session, let ending, let output): notifyEnded(session, ending, output)
        case .setUpEnded(let ending, let output): setUpEnded(ending, output, at: now)
        }
        return effects
    }

    /// The current status.
    package func status(at now: Date) -> Status { Status(facts, plan, at: now, daemon: process) }

    /// The current status, speaking of one of Claude Code's folders.
    /// - Throws: `ControlError.unguarded` if that is not guarded.
    package func status(of folder: String, at now: Date) throws(ControlError) -> Status {
        let path = folder + "/settings.json"
        guard let claude = facts.claudes.first(where: { $0.settingsPath == path }) else {
            throw .unguarded("the daemon does not guard \(folder)")
        }
        return Status(facts, plan, of: claude, at: now, daemon: process)
    }

    mutating func emit(_ effect: Effect) { effects.append(effect) }

    /// Whoever reads it elsewhere knows nothing of this machine: it says which version this is, and who is there.
    mutating func record(_ message: JournalMessage) {
        var message = message
        message.fields[JournalMessage.Field.version] = process.version
        if surroundings == .known { message.fields[JournalMessage.Field.presence] = facts.presence.word }
        emit(.record(message))
    }

    // MARK: The one step

    /// Recomputes the plan, starts what it asks for, and reports what has changed.
    mutating func step(at now: Moment) {
        // Without knowing who is there, the plan would report that, and withdraw it at once.
        guard surroundings == .known else { return }
        noteAttendance(at: now)
        plan = SessionHealth.plan(for: facts, at: now)
        if act(at: now) { plan = SessionHealth.plan(for: facts, at: now) }
        refuseRefreshes(at: now)
        stopSignInThatIsOver(at: now)
        save()
        arm(at: now)
        for message in announcer.changes(facts, plan, at: now.wall) { record(message) }
        if let line = announcer.newLine(facts, plan) { emit(.tellStatus(line)) }
        publish(at: now)
        showOnDesktop(at: now)
        tellElsewhere(at: now)
    }

    /// Does what the plan asks for. Whatever starts becomes a fact, so that nothing starts twice.
    /// - Returns: whether any fact has changed.
    private mutating func act(at now: Moment) -> Bool {
        var acted = false
        for (index, decided) in plan.sessions.enumerated() {
            switch decided.action {
            case .refresh: acted = startRefresh(of: index, at: now) || acted
            case .signIn: lookAtLock(of: facts.sessions[index].session)
            case nil: break
            }
        }
        return acted
    }

    private mutating func arm(at now: Moment) {
        var wake = plan.wake
        // Also on the boot clock, a little later: if the wall clock is set back, its own timer would fire hours too
        // late.
        if let wall = plan.wake.wall {
            wake.sooner(Wake(boot: now.boot + max(0, wall.timeIntervalSince(now.wall)) + 2))
        }
        if let stopsAt = signIn?.stopsAt { wake.sooner(Wake(boot: stopsAt)) }
        if askers.values.contains(where: \.waits) { wake.sooner(Wake(boot: now.boot + SignInWork.lockPause)) }
        emit(.arm(wake))
    }

    // MARK: The process

    private mutating func start(_ state: AgentState, _ damage: String?, _ isPassing: Bool) {
        recall(state, damage, isPassing)
        emit(.watch(configuration.files))
        readConfiguration()
    }

    private mutating func stop() {
        // What would have been saved with the next step.
        save()
        emit(.tellStopping)
        record(JournalMessage(.stopping, .info, "bedrock-agent is stopping; a refresh or sign-in under way continues"))
        emit(.exit(0))
    }

    /// Reads everything again, and forgets refusals whose cause a person may have fixed.
    mutating func reload(for client: ClientID?) {
        emit(.tellReloading)
        forgetRefusals()
        clients.reloads.append(client)
        readConfiguration()
    }

    /// A timer has fired.
    mutating func wake(at now: Moment) {
        if case .asked(let until) = surroundings {
            // If logind does not answer, nobody is known to be there: no browser opens.
            return now.boot >= until ? loginsChanged([], at: now) : emit(.arm(Wake(boot: until)))
        }
        guard facts.settingsDoubtfulSince == nil, facts.unreadSince == nil, facts.unwatched == nil else {
            // This reads everything, looks at the locks, and plans after that.
            return readConfiguration()
        }
        readTornTokens()
        for session in facts.sessions where session.isSigningInElsewhere || askers[session.session.name] != nil {
            emit(.lookAtSignInLock(session.session))
        }
        emit(.settle)
    }
}

/// SplitMix64: a stream of random numbers, determined by its seed.
package struct SplitMix: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
