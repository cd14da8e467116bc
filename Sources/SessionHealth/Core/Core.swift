import FoundationEssentials

/// The mind of the agent, without I/O and without a clock: what happens goes in as an event, what is to be done comes
/// out as effects. All that the agent knows and decides is in this one value; the daemon and a simulated world drive the
/// same.
///
/// Inside, `plan(for:at:)` is level-triggered: it is made anew from what is now true, so that lost and merged events,
/// sleep and restarts are harmless.
package struct Core: Sendable {
    package internal(set) var facts = Facts()
    package internal(set) var plan = Plan()
    let places: Places
    /// What `status` says of the process.
    let process: Status.Daemon
    /// The process's own environment has a display.
    let hasDisplay: Bool
    /// Local time of day of the first date, with the day where that is not the second's.
    let localTime: @Sendable (Date, Date) -> String
    var random: SplitMix

    var configuration = ConfigurationMemory()
    var memory = Memory()
    /// The refreshes under way, by session.
    var refreshes: [String: RefreshWork] = [:]
    var refreshWaiters: [String: [ClientID]] = [:]
    /// The sign-in that runs now.
    var signIn: SignInWork?
    /// Who asked for a sign-in that waits for a look at the lock, or for the one that holds it, by session.
    var askers: [String: Askers] = [:]
    var clients = ClientMemory()
    var desktop = DesktopMemory()
    var announcer = Announcer()
    /// What is known of who is at the screen; nothing is done before that.
    var surroundings = Surroundings.unknown
    private var effects: [Effect] = []

    enum Surroundings: Equatable, Sendable {
        case unknown
        /// On the boot clock: when to go on without an answer of logind's.
        case asked(until: TimeInterval)
        case known
    }

    /// - Parameters:
    ///   - places: where the files are.
    ///   - process: what `status` says of the process.
    ///   - environment: of the process: whether there is a display.
    ///   - watching: the files to watch before anything is read: those that say what to guard.
    ///   - seed: of everything that is left to chance.
    ///   - localTime: local time of day of the first date, with the day where that is not the second's.
    package init(
        places: Places, process: Status.Daemon, environment: [String: String], watching: Set<String>, seed: UInt64,
        localTime: @escaping @Sendable (Date, Date) -> String
    ) {
        self.places = places
        self.process = process
        hasDisplay = Presence.hasDisplay(environment)
        random = SplitMix(seed: seed)
        self.localTime = localTime
        facts.presence = Presence(environment: environment)
        configuration.files = watching
    }

    /// What follows from an event, in the order in which it is to be done.
    package mutating func handle(_ event: Event, at now: Moment) -> [Effect] {
        effects = []
        switch event {
        case .started(let state, let damage): start(state, damage)
        case .timer: wake(at: now)
        case .settled: step(at: now)
        case .reloadAsked: reload(for: nil)
        case .stopAsked: stop()
        case .cannotServe(let reason):
            record(JournalMessage(.cannotWatch, .error, "the control socket is not served: \(reason)"))
            emit(.exit(1))

        case .filesChanged(let files): changed(files)
        case .configurationRead(let reading): take(reading, at: now)
        case .tokensRead(let readings): take(readings, at: now)
        case .watched(let failure): watched(failure)
        case .saved(let failure): saved(failure)

        case .refreshEnded(let session, let ending, let output): refreshEnded(session, ending, output)
        case .signInLockSeen(let session, let isTaken, let note): lockSeen(session, isTaken, note, at: now)
        case .signInStarted(let record): signInStarted(record)
        case .signInOutput(let bytes): heard(bytes)
        case .signInEnded(let ending): signInEnded(ending)
        case .signInsFound(let found): signInsFound(found, at: now)
        case .registrationSetAside(let session, let result): setAside(session, result)
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
        }
        return effects
    }

    /// How things stand.
    package func status(at now: Date) -> Status { Status(facts, plan, at: now, daemon: process) }

    mutating func emit(_ effect: Effect) { effects.append(effect) }

    mutating func record(_ message: JournalMessage) { emit(.record(message)) }

    // MARK: The one step

    /// Makes the plan anew, asks for what it wants done, and tells what is different.
    mutating func step(at now: Moment) {
        // A plan that did not know who is there would say so, and take it back at once.
        guard surroundings == .known else { return }
        plan = SessionHealth.plan(for: facts, at: now)
        if act(at: now) { plan = SessionHealth.plan(for: facts, at: now) }
        save()
        arm(at: now)
        for message in announcer.changes(facts, plan) { record(message) }
        if let line = announcer.newLine(facts, plan) { emit(.tellStatus(line)) }
        publish(at: now)
        showOnDesktop(at: now)
    }

    /// Does what the plan wants. What begins is a fact of its own, so that nothing begins twice.
    /// - Returns: whether any fact is another one now.
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
        // On this clock too, a little later: a wall clock that was set back would let its own wake-up wait for hours.
        if let wall = plan.wake.wall {
            wake.sooner(Wake(boot: now.boot + max(0, wall.timeIntervalSince(now.wall)) + 2))
        }
        if askers.values.contains(where: \.waits) { wake.sooner(Wake(boot: now.boot + SignInWork.lockPause)) }
        emit(.arm(wake))
    }

    // MARK: The process

    private mutating func start(_ state: AgentState, _ damage: String?) {
        recall(state, damage)
        emit(.watch(configuration.files))
        emit(.readConfiguration)
    }

    private mutating func stop() {
        emit(.tellStopping)
        record(JournalMessage(.stopping, .info, "bedrock-agent stops; a refresh or sign-in under way goes on"))
        emit(.exit(0))
    }

    /// Everything is read anew, and refusals are forgotten that a person may have mended.
    mutating func reload(for client: ClientID?) {
        emit(.tellReloading)
        forgetRefusals()
        clients.reloads.append(client)
        emit(.readConfiguration)
    }

    /// An instant has come that something may have waited for.
    mutating func wake(at now: Moment) {
        if case .asked(let until) = surroundings {
            // Where there is a logind that keeps silent, nobody is known to be there: no browser opens.
            return now.boot >= until ? loginsChanged([], at: now) : emit(.arm(Wake(boot: until)))
        }
        if facts.settingsDoubtfulSince != nil || facts.unwatched != nil {
            // All of it, and the plan after that.
            emit(.readConfiguration)
        } else {
            readTornTokens()
        }
        for session in facts.sessions where session.isSigningInElsewhere || askers[session.session.name] != nil {
            emit(.lookAtSignInLock(session.session))
        }
        emit(.settle)
    }
}

/// SplitMix64: one stream of chance, decided by its seed.
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
