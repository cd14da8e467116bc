import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// Reports events to the core, and performs its effects. Decides nothing.
final class Agent {
    private let loop: EventLoop
    private let folder: ClaudeFolder
    private var paths: Paths { folder.paths }
    private let journal: Journal
    private let socket: OwnedDescriptor
    private let passed: PassedDescriptors
    private let core: Core
    private lazy var driver = CoreDriver(core) { [unowned self] in perform($0) }
    private lazy var programs = RunningPrograms(
        loop, folder: folder, passed: passed, tell: { [unowned self] in tell($0) })
    private lazy var control = Control(
        tell: { [unowned self] in tell($0) },
        status: { [unowned self] folder throws(ControlError) in try driver.status(of: folder) })
    private lazy var approving = Approving(loop, approvals: paths.approvals, tell: { [unowned self] in tell($0) })
    private lazy var desktop = Desktop(loop, tell: { [unowned self] in tell($0) })
    /// As the start found them.
    private lazy var keptGrants = KeptGrant.left(in: paths)
    private lazy var state = StateFile(path: paths.state)
    /// Of the sign-in that runs.
    private var signInLock: (session: String, lock: FileLock)?
    private var surroundings: Surroundings?
    /// The configuration, at least once.
    private var hasRead = false
    /// It is read once more, for what its watches may have missed.
    private var isRereading = false
    private var server: VarlinkServer?
    private var watch: FolderWatch?
    private var wallTimer: Timer?
    private var bootTimer: Timer?
    private var settling: EventSource?
    private var signals: [EventSource] = []

    /// - Parameters:
    ///   - socket: where it listens.
    ///   - passed: what an earlier daemon left for this one.
    ///   - startedAt: when the process was started.
    init(
        loop: EventLoop, environment: [String: String], socket: OwnedDescriptor, passed: PassedDescriptors,
        startedAt: Date
    ) {
        self.loop = loop
        self.socket = socket
        self.passed = passed
        folder = ClaudeFolder(own: environment, usesKept: true)
        journal = Journal(environment: environment)
        core = Core(
            places: folder.paths.places,
            process: .init(running: true, version: Version.current, pid: getpid(), since: startedAt),
            environment: environment, watching: ConfigurationReading.files(of: folder),
            seed: UInt64.random(in: 0...UInt64.max), machine: Machine.name, localTime: { LocalTime.text($0, now: $1) })
    }

    /// Reads everything, and says READY.
    func start() throws {
        watch = FolderWatch(loop) { [unowned self] in tell(.filesChanged($0)) }
        wallTimer = try loop.timer(.realtime) { [unowned self] in tell(.timer) }
        bootTimer = try loop.timer(.boottime) { [unowned self] in tell(.timer) }
        signals = [
            try loop.signal(SIGHUP) { [unowned self] in tell(.reloadAsked) },
            try loop.signal(SIGTERM) { [unowned self] in tell(.stopAsked) },
            try loop.signal(SIGINT) { [unowned self] in tell(.stopAsked) },
        ]
        settling = try loop.later { [unowned self] in tell(.settled) }
        loop.watchdog()
        FileEdits(paths).sweep(isPatient: false)
        let known = state.recalled(keepingUnreadable: true)
        tell(.started(known.state, damage: known.damage, isPassing: known.isPassing))
    }

    private func tell(_ event: Event) {
        // The last answer may be out of date.
        control.forgetAnswer()
        driver.tell(event)
    }

    private func perform(_ effect: Effect) {
        switch effect {
        case .arm(let wake):
            wallTimer?.arm(at: wake.wall?.timeIntervalSince1970)
            bootTimer?.arm(at: wake.boot)
        case .settle: settling?.enableOnce()
        case .tellReady(let line): ServiceNotify.ready(status: line)
        case .tellStatus(let line): ServiceNotify.status(line)
        case .tellReloading: ServiceNotify.reloading()
        case .tellStopping:
            ServiceNotify.stopping()
            server?.handOver()
        case .serve: serve()
        case .exit(let code): loop.exit(code)
        case .record(let message): journal.record(message)

        case .watch(let files): watch(files)
        case .readConfiguration(let folders):
            hasRead = true
            tell(.configurationRead(ConfigurationReading(folder, folders: folders)))
        case .readTokens(let sessions):
            tell(.tokensRead(sessions.map { reading(of: $0) }))
        case .save(let new):
            var found: AgentState?
            let failure = failure { found = try state.save(new) }
            tell(.saved(failure: failure, found: found))
        case .keepGoodSettings(let path):
            // A copy for later; failing to keep one is harmless.
            try? GoodSettings(of: path, stateFolder: paths.stateFolder).keep()
        case .approve(let command): approving.approve(command)

        case .startRefresh(let order): programs.start(order)
        case .lookAtSignInLock(let session):
            let lock = SignInLock(session, stateFolder: paths.stateFolder)
            let isTaken = lock.isTaken || signInLock?.session != session.name && lock.isTakenByDaemon
            tell(
                .signInLockSeen(
                    session: session.name, isTaken: isTaken, note: lock.note,
                    isForeign: !isTaken && ForeignSignIn.isUnderWay(home: paths.home)))
        case .reserveSignIn(let session, let new):
            tell(.signInReserved(session: session.name, reserve(session, new)))
        case .releaseSignIn: release()
        case .setRegistrationAside(let session, let date): setRegistrationAside(of: session, at: date)
        case .startSignIn(let order): programs.start(order)
        case .findSignIns: tell(.signInsFound(programs.signIns()))
        case .adoptSignIn(let record, let timeLeft):
            hold(SignInLock(name: record.session, stateFolder: paths.stateFolder), record.session)
            programs.adopt(record, timeLeft: timeLeft)
        case .stopSignIn: programs.stopSignIn()
        case .forgetSignInOutput: programs.forgetOutput()

        case .watchSurroundings:
            surroundings = Surroundings(loop, tell: { [unowned self] in tell($0) })

        case .reply(let client, let reply): control.reply(reply, to: client)
        case .tell(let client, let reply): control.tell(reply, to: client)
        case .connectDesktop(let startsServer): desktop.connect(startsServer: startsServer)
        case .keepDesktop(let isNeeded): desktop.keep(isNeeded)
        case .show(let session, let notification, let id): desktop.show(notification, for: session, replacing: id)
        case .closeNotification(let id): desktop.close(id)
        case .startNotify(let order): programs.start(order)
        case .startSetUp: programs.startSetUp()
        }
    }

    private func reading(of session: SSOSession) -> SessionReading {
        SessionReading(session, paths.places, kept: keptGrants)
    }

    /// What changed between a reading and its watch is read again.
    private func watch(_ files: Set<String>) {
        var unseen: Set<String> = []
        tell(.watched(failure: failure { unseen = try watch?.watch(files) ?? [] }))
        // Tokens are read after that anyway; and nothing has been before the first reading.
        unseen = unseen.filter { Folder.holding($0) != paths.tokenCache }
        // Once: behind links, watches may be new each time.
        isRereading = hasRead && !unseen.isEmpty && !isRereading
        if isRereading { tell(.filesChanged(unseen)) }
    }

    private func failure(_ act: () throws -> Void) -> String? {
        do {
            try act()
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Both look at the other's lock once they have their own, so that no two think that they are alone.
    private func reserve(_ session: SSOSession, _ new: AgentState) -> Reservation {
        let lock = SignInLock(session, stateFolder: paths.stateFolder)
        let isOthers = hold(lock, session.name)
        var isKept = false
        defer { if !isKept { release() } }
        if isOthers || lock.isTaken { return .taken }
        let reading = reading(of: session)
        if reading.hasAnotherToken(than: new.running) { return .outdated(reading) }
        do {
            if let found = try state.save(new) { return .found(found) }
            isKept = true
            return .done
        } catch {
            // On request it runs all the same.
            isKept = !(new.running?.isAutomatic ?? true)
            return .failed("\(error)")
        }
    }

    /// - Returns: whether another daemon holds it. One that cannot be had keeps nobody from working.
    @discardableResult
    private func hold(_ lock: SignInLock, _ session: String) -> Bool {
        guard signInLock == nil else { return false }
        do {
            guard let held = try lock.takeAsDaemon() else { return true }
            signInLock = (session, held)
        } catch {
            // No lock can be had here.
        }
        return false
    }

    private func release() {
        signInLock?.lock.release()
        signInLock = nil
    }

    private func setRegistrationAside(of session: SSOSession, at date: Date) {
        let file = paths.places.token(session.registrationFileName)
        let result = Result { try CachedRegistration.setAside(file, at: date) }
        tell(.registrationSetAside(session: session.name, result.mapError { HostFailure("\($0)") }))
    }

    private func serve() {
        do {
            server = try VarlinkServer(loop, socket: socket) { [unowned self] call, exchange in
                control.take(call, exchange)
            }
            server?.resume(passed)
        } catch {
            tell(.cannotServe("\(error)"))
        }
    }
}
