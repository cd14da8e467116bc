import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// The daemon: on every wake-up it plans from what is now true, acts on the difference, and tells who listens.
final class Agent {
    let loop: EventLoop
    let paths: Paths
    let environment: [String: String]
    let journal: Journal
    let reader: FactsReader
    let launcher: Launcher
    private let socket: OwnedDescriptor
    private let passed: PassedDescriptors
    let startedAt: Date
    var facts: Facts { reader.facts }
    private(set) var plan = Plan()
    private(set) lazy var refreshes = Refreshes(self)
    private(set) lazy var signIns = SignIns(self)
    private lazy var control = Control(self)
    private lazy var notifications = DesktopNotifications(self)
    private var announcer = Announcer()
    private var watch: FolderWatch?
    private var wallTimer: Timer?
    private var bootTimer: Timer?
    private var signals: [EventSource] = []
    private lazy var surroundings = Surroundings(self)
    private var pendingStep: EventSource?
    private var server: VarlinkServer?
    private var savedState: AgentState?

    /// - Parameters:
    ///   - socket: where it listens.
    ///   - passed: what an earlier daemon left for this one.
    init(
        loop: EventLoop, paths: Paths, environment: [String: String], socket: OwnedDescriptor, passed: PassedDescriptors
    ) {
        self.loop = loop
        self.socket = socket
        self.passed = passed
        launcher = Launcher(loop, environment: environment)
        self.paths = paths
        self.environment = environment
        journal = Journal(environment: environment)
        reader = FactsReader(paths: paths, environment: environment)
        startedAt = EventLoop.now().wall
    }

    /// Reads everything, and says READY: who connects is answered as soon as it is known who is at the screen.
    func start() throws {
        watch = FolderWatch(loop) { [unowned self] changed in
            if !self.reader.readTokens(in: changed, at: EventLoop.now()) { self.readAll() }
            self.stepSoon()
        }
        watchFiles()
        readAll()
        savedState = reader.saved
        wallTimer = try loop.timer(.realtime) { [unowned self] in self.wake() }
        bootTimer = try loop.timer(.boottime) { [unowned self] in self.wake() }
        signals = [
            try loop.signal(SIGHUP) { [unowned self] in self.reload() },
            try loop.signal(SIGTERM) { [unowned self] in self.stop() },
            try loop.signal(SIGINT) { [unowned self] in self.stop() },
        ]
        pendingStep = try loop.later { [unowned self] in self.step() }
        loop.watchdog()
        signIns.adopt(output: passed.take(SignIns.keptName))
        journal.record(JournalMessage(JournalMessage.ID.started, .info, "bedrock-agent \(Version.current) started"))
        plan = SessionHealth.plan(for: facts, at: EventLoop.now())
        surroundings.watch()
        ServiceNotify.ready(status: Announcer.line(facts, plan))
    }

    /// Acts, and answers: once all facts are there.
    func begin() {
        // What the plan asks for, and the records of it, are the first work, before any call is answered.
        step()
        do {
            server = try VarlinkServer(loop, socket: socket) { [unowned self] call, exchange in
                self.control.answer(call, exchange)
            }
            server?.resume(passed)
        } catch {
            journal.record(
                JournalMessage(JournalMessage.ID.cannotWatch, .error, "the control socket is not served: \(error)"))
            loop.exit(1)
        }
    }

    private func stop() {
        ServiceNotify.stopping()
        server?.handOver()
        journal.record(
            JournalMessage(
                JournalMessage.ID.stopping, .info, "bedrock-agent stops; a refresh or sign-in under way goes on"))
        loop.exit(0)
    }

    /// Reads everything anew, and forgets refusals that a person may have mended.
    func reload() {
        ServiceNotify.reloading()
        reader.forgetRefusals()
        readAll()
        step()
        ServiceNotify.ready(status: Announcer.line(facts, plan))
    }

    /// Looks at everything that a timer may have been set for.
    func wake() {
        if facts.settingsDoubtfulSince != nil { readAll() }
        reader.readTornTokens(at: EventLoop.now())
        for session in facts.sessions where session.isSigningInElsewhere {
            let isTaken = SignInLock(session.session, stateFolder: paths.stateFolder).isTaken
            reader.update(session.session.name) { $0.isSigningInElsewhere = isTaken }
        }
        step()
    }

    /// Plans once the events that are pending now have all been heard.
    func stepSoon() { pendingStep?.enableOnce() }

    func step() {
        // A plan that did not know who is there would say so, and take it back at once.
        guard surroundings.areKnown else { return }
        let now = EventLoop.now()
        plan = SessionHealth.plan(for: facts, at: now)
        if act(on: plan, at: now) { plan = SessionHealth.plan(for: facts, at: now) }
        saveState()
        wallTimer?.arm(at: plan.wake.wall?.timeIntervalSince1970)
        // On this clock too, a little later: a wall clock that was set back would let its own wake-up wait for hours.
        let atLatest = plan.wake.wall.map { now.boot + max(0, $0.timeIntervalSince(now.wall)) + 2 }
        bootTimer?.arm(at: [plan.wake.boot, atLatest].compactMap(\.self).min())
        for event in announcer.changes(facts, plan) { journal.record(event) }
        control.publish()
        notifications.update()
    }

    /// Starts what the plan asks for. Each start is a fact of its own, so that nothing is started twice.
    private func act(on plan: Plan, at now: Moment) -> Bool {
        var acted = false
        for (session, decided) in zip(facts.sessions, plan.sessions) {
            switch decided.action {
            case .refresh: acted = refreshes.start(session, at: now) || acted
            case .signIn(let command, let isEarly, let setsRegistrationAside):
                acted = true
                if SignInLock(session.session, stateFolder: paths.stateFolder).isTaken {
                    reader.update(session.session.name) { $0.isSigningInElsewhere = true }
                    continue
                }
                if setsRegistrationAside { setRegistrationAside(session, at: now) }
                signIns.start(session, command, isAutomatic: true, isEarly: isEarly)
            case nil: break
            }
        }
        return acted
    }

    /// Reads each file after it is watched, so that no change of it goes unseen: those that say what to guard are
    /// watched from the start.
    private func readAll() {
        reader.readConfiguration(at: EventLoop.now())
        if reader.settingsAreGood { try? GoodSettings(of: paths.userSettings, stateFolder: paths.stateFolder).keep() }
        watchFiles()
        reader.readTokens(at: EventLoop.now())
    }

    private func watchFiles() {
        do {
            try watch?.watch(reader.watched)
        } catch {
            journal.record(JournalMessage(JournalMessage.ID.cannotWatch, .error, "\(error)"))
        }
    }

    /// Keeps what must survive a restart.
    func saveState() {
        let state = reader.state
        guard state != savedState else { return }
        do {
            try StateFile(path: paths.state).write(state)
            savedState = state
            note(unsaved: nil)
        } catch {
            note(unsaved: "\(error)")
        }
    }

    private func note(unsaved reason: String?) {
        guard facts.unsaved != reason else { return }
        reader.facts.unsaved = reason
        stepSoon()
    }

    /// A person has just signed in: what a legacy profile means is worth saying once again.
    func announceAnew(_ name: String) {
        guard let session = reader.session(name) else { return }
        announcer.forget(subjects: session.profiles + [name])
    }

    /// A sign-in by hand would stumble over the same registration as one of the plan's own.
    func setBadRegistrationAside(of session: SessionFacts) {
        let now = EventLoop.now()
        let decided = zip(facts.sessions, SessionHealth.plan(for: facts, at: now).sessions)
        guard decided.contains(where: { $0.session == session.session && $1.registrationIsBad }) else { return }
        setRegistrationAside(session, at: now)
    }

    private func setRegistrationAside(_ session: SessionFacts, at now: Moment) {
        do {
            guard let file = try reader.setRegistrationAside(of: session.session, at: now) else { return }
            journal.record(
                JournalMessage(
                    JournalMessage.ID.registrationSetAside, .notice,
                    "\(session.session.name): its cached client registration is now \(file); the sign-in makes a new one",
                    JournalMessage.fields(of: session)))
        } catch {
            journal.record(
                JournalMessage(
                    JournalMessage.ID.registrationSetAside, .error, "\(error)", JournalMessage.fields(of: session)))
        }
    }

    func status() -> Status {
        Status(
            facts, plan, at: EventLoop.now().wall,
            daemon: .init(running: true, version: Version.current, pid: getpid(), since: startedAt))
    }
}
