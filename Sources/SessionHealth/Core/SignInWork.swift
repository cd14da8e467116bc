import FoundationEssentials

/// The sign-in that runs.
struct SignInWork: Sendable {
    var session: String
    var output = SignInOutput()
    /// Its transient unit.
    var unit: String?
    var waiting: [Asker] = []
    /// It is being recorded; nil once it may run.
    var unbegun: Unbegun?
    /// An earlier process started it.
    var isAdopted = false
    /// The host has started or found it.
    var isRunning = false
    /// Somebody has signed in since this instant on the boot clock, perhaps by this very command.
    var overSince: TimeInterval?
    var isStopped = false
    /// It failed so with a registration that the service does not know any more; once that is set aside, it runs again.
    var repeatsAfter: Ending?
    var isRepeated = false
    /// It is `bedrock-agent cover`.
    var isRenewal = false
    var ending: Ending?

    /// What is to run, and what was recorded before it began.
    struct Unbegun: Sendable {
        var order: SignInOrder
        /// Who asked for it; nil where nobody did.
        var asked: Askers?
        var automaticSignIns: [Date]
        var record: SessionRecord
    }

    /// How it ended. `word` and `reason` are used if it failed.
    struct Ending: Sendable {
        var word: String
        var reason: String
        var commandFailed = true
        /// Its time was over, and it had not said that somebody has signed in.
        var saysNothing = false

        /// Before its command did.
        static let over = Ending(word: "ok", reason: "", commandFailed: false)
        static let unwatched = Ending(
            word: "unwatched", reason: "it ended while no daemon was running", commandFailed: false)
    }

    /// Seconds between two checks of the lock, while somebody waits for a sign-in in a terminal.
    static let lockPause: TimeInterval = 1
    /// Seconds in which a command whose sign-in is over can end by itself: it may have brought the token.
    static let grace: TimeInterval = 5

    /// When the command is stopped, on the boot clock. One that has signed in itself may have more to do.
    var stopsAt: TimeInterval? {
        isRunning && !isStopped && !output.hasSignedIn ? overSince.map { $0 + SignInWork.grace } : nil
    }
}

/// A client that waits for a sign-in.
struct Asker: Equatable, Sendable {
    var client: ClientID
    var wantsMore: Bool
    /// Sign-ins that ended then or later count.
    var since: Date?
}

/// Who asked for a sign-in that has not started here.
struct Askers: Sendable {
    var clients: [Asker] = []
    /// The notification's button was pressed.
    var isFromDesktop = false
    /// The session is to be replaced, as its notification offers.
    var wantsRenewal = false
    /// They have been waiting for a sign-in in a terminal since this instant; the token is the one from then.
    var since: Date?
    var before: String?

    var waits: Bool { since != nil }
}

// Before a sign-in runs: it is written down, and no other machine with this home signs in.

extension Core {
    mutating func begin(
        _ session: SessionFacts, _ command: String, isAutomatic: Bool, isEarly: Bool, isNeeded: Bool,
        isRenewal: Bool = false, for asked: Askers?, at now: Moment
    ) {
        let name = session.session.name
        signIn = SignInWork(session: name, waiting: asked?.clients ?? [], isRenewal: isRenewal)
        let unbegun = facts
        facts.signInBegan(name, isAutomatic: isAutomatic, isEarly: isEarly, at: now.wall)
        var running = AgentState.RunningSignIn(session: name, startedAt: now.wall, isAutomatic: isAutomatic)
        running.machine = machine
        running.before = facts.signIn?.before
        running.isNeeded = isNeeded
        facts.signIn?.isNeeded = isNeeded
        running.isRenewal = isRenewal ? true : nil
        facts.signIn?.isRenewal = isRenewal
        memory.runningSignIn = running
        let order = SignInOrder(
            session: session.session, command: command, claudeFolder: session.claudeFolder,
            timeout: facts.policy.signInTimeout, record: running)
        signIn?.unbegun = SignInWork.Unbegun(
            order: order, asked: asked, automaticSignIns: unbegun.automaticSignIns, record: session.record)
        // Saved before it runs, so that a crash in between does not repeat it, and no other machine with this home.
        emit(.reserveSignIn(session.session, state))
    }

    /// Whether the sign-in that has begun may run.
    mutating func reserved(_ name: String, _ reservation: Reservation, at now: Moment) {
        guard let work = signIn, work.session == name, let unbegun = work.unbegun else { return }
        signIn?.unbegun = nil
        switch reservation {
        case .done:
            memory.saved = state
            memory.base = state
            (facts.unsaved, memory.unrecordedAt) = (nil, nil)
            run(unbegun.order, at: now)
        case .failed(let reason):
            memory.saved = nil
            (facts.unsaved, memory.unrecordedAt) = (reason, now.boot)
            // Somebody asked, and need not be kept from working by that.
            if !unbegun.order.record.isAutomatic { return run(unbegun.order, at: now) }
            take(back: work, unbegun)
            // Whoever has asked meanwhile need not be kept from working by that.
            if !work.waiting.isEmpty { lookAtLock(of: unbegun.order.session) }
            step(at: now)
        case .taken:
            take(back: work, unbegun)
            lockSeen(name, true, nil, isForeign: false, at: now)
        case .outdated(let token):
            take(back: work, unbegun)
            take([token], at: now)
            answer(unbegun, at: now)
        case .found(let state):
            take(back: work, unbegun)
            merge(state)
            // Who did not ask is planned for anew.
            if !work.waiting.isEmpty || !unbegun.order.record.isAutomatic { lookAtLock(of: unbegun.order.session) }
        }
    }

    private mutating func take(back work: SignInWork, _ unbegun: SignInWork.Unbegun) {
        signIn = nil
        facts.signIn = nil
        memory.runningSignIn = nil
        facts.automaticSignIns = unbegun.automaticSignIns
        update(work.session) { $0.record = unbegun.record }
        guard !unbegun.order.record.isAutomatic || !work.waiting.isEmpty else { return }
        var asked = unbegun.asked ?? Askers()
        asked.clients = (askers[work.session]?.clients ?? []) + work.waiting
        askers[work.session] = asked
    }

    /// Tells who asked for a sign-in that there is another token by now; or begins one all the same.
    private mutating func answer(_ unbegun: SignInWork.Unbegun, at now: Moment) {
        let name = unbegun.order.session.name
        // Who did not ask is planned for anew.
        guard let asked = askers[name] else { return }
        guard let session = session(name) else { return refuseUnguarded() }
        // Who waited for a terminal is told when its lock has been looked at.
        guard !asked.waits, unbegun.order.record.isNeeded == true, need(of: session, at: now) == nil else {
            return lookAtLock(of: unbegun.order.session)
        }
        askers[name] = nil
        tellHealthy(asked.clients)
    }

    private mutating func run(_ order: SignInOrder, at now: Moment) {
        guard let session = session(order.session.name) else { return end(.unwatched) }
        let name = order.session.name
        // A sign-in would fail with the same registration.
        if session.registrationIsBad(at: now.wall) { emit(.setRegistrationAside(session.session, at: now.wall)) }
        let cause: JournalMessage.SignInCause = order.record.isAutomatic ? .automatic : .asked
        record(
            JournalMessage(
                .signInStarted, .notice,
                "\(name): signing in (\(cause == .automatic ? "automatically" : "on request"))",
                JournalMessage.fields(of: session, signIn: cause)))
        signIn?.waiting.forEach { tell($0) }
        step(at: now)
        // Last, so that the record that finds it again is saved next.
        emit(.startSignIn(order))
    }
}
