import FoundationEssentials
import SessionHealth

/// One `bedrock-agent login`: performs the steps of `LoginSteps`.
final class Terminal {
    private unowned let world: World
    private let session: SSOSession
    /// There is no browser here: the user enters a code on another machine.
    private let isDeviceFlow: Bool
    private var steps: LoginSteps
    private var dice: Dice
    private var holder: Int?
    private var hasAsked = false
    private var hasCommand = false
    private let boot: TimeInterval
    private let onEnd: () -> Void
    /// Its own sign-in, and the signal that ended it.
    private var program: SignInProgram?
    private var interruption: Int32?
    private var hasEnded = false
    /// It was killed.
    private var isGone = false
    /// What it asked the daemon for.
    private var client: ClientID?

    /// How long to wait for the daemon's status, in seconds.
    private static let longestSilence: TimeInterval = 10
    private static let limit: TimeInterval = 165

    static func lock(_ session: SSOSession) -> String { "sign-in \(session.tokenKeyHash)" }

    init(_ world: World, _ session: SSOSession, isDeviceFlow: Bool, dice: Dice, onEnd: @escaping () -> Void) {
        self.world = world
        self.session = session
        self.isDeviceFlow = isDeviceFlow
        self.dice = dice
        self.onEnd = onEnd
        boot = world.bootedAt
        let state = try? world.home.state()
        steps = LoginSteps(
            to: session, record: state?.sessions[session.name] ?? SessionRecord(), countsRecent: false,
            joinsDaemon: true, limit: Terminal.limit, tool: .own, tokenCache: Home.places.tokenCache,
            at: world.now)
    }

    func start() {
        world.note("terminal", "bedrock-agent login, \(session.name)\(isDeviceFlow ? " --device-code" : "")")
        perform(LoginSteps.first)
        if dice.isBelow(0.1) { after(dice.between(0, 60)) { [self] in if !hasEnded { die() } } }
    }

    private func after(_ seconds: TimeInterval, _ act: @escaping () -> Void) {
        world.after(seconds) { [self] in if boot == world.bootedAt, !isGone { act() } }
    }

    /// Killed, with its window. What it runs hears of that, and ends.
    private func die() {
        world.note("terminal", "\(session.name): is killed")
        isGone = true
        if let client { world.socket.hangUp(client) }
        onEnd()
        guard let program, program.isAlive else { return release() }
        // It holds the lock, too.
        world.after(dice.between(0, 0.5)) { program.terminate() }
    }

    private func did(_ outcome: LoginSteps.Outcome, in seconds: TimeInterval = 0.002) {
        after(seconds) { [self] in perform(steps.next(outcome, at: world.now)) }
    }

    private func perform(_ step: LoginSteps.Step) {
        switch step {
        case .look: if holder == nil || hasCommand { did(.looked(sight)) } else { lookAtDaemon(since: world.time) }
        case .show: did(.shown)
        case .pause(let seconds): did(.paused, in: seconds)
        // Its sign-ins are typed: those of a moment before do not count.
        case .askPortal: did(.portal(isOver: false))
        case .askDaemon: join(since: world.time)
        case .takeLock:
            holder = world.locks.take(Terminal.lock(session))
            did(.lock(isOurs: holder != nil))
        case .releaseLock:
            release()
            did(.released)
        case .findCommand:
            hasCommand = true
            did(.found, in: 0.5)
        case .clearNote:
            world.locks.tell(nil, for: session)
            did(.cleared)
        case .setRegistrationAside:
            let path = Home.places.token(session.registrationFileName)
            let aside = path + ".set-aside-" + Timestamp.format(world.now.wall)
            did(.setAside(world.disk.rename(path, to: aside)))
        // Other refreshers are many here: this one finds the service busy.
        case .refresh: did(.refreshed(.offline(reason: "HTTP 429")))
        case .runCommand(let timeLeft): run(for: timeLeft)
        case .tell(let note):
            world.locks.tell(note, for: session)
            did(.told)
        case .end(let end): ended(end)
        }
    }

    private var sight: LoginSteps.Sight {
        LoginSteps.Sight(
            reading: world.home.reading(of: session), note: world.locks.note(session),
            isTaken: holder == nil && world.locks.isTaken(Terminal.lock(session)))
    }

    private func ended(_ end: LoginSteps.End) {
        world.note("terminal", "\(session.name): \(end)")
        hasEnded = true
        release()
        if end == .signedIn, world.home.document(of: session).map({ $0.expiresAt > world.now.wall }) != true {
            world.checks.violate("bedrock-agent login ends well, and \(session.name) does not work")
        }
        onEnd()
    }

    private func release() {
        if let holder { world.locks.release(Terminal.lock(session), by: holder) }
        holder = nil
    }

    // MARK: Its own sign-in

    private func run(for timeLeft: TimeInterval) {
        let program = world.programs.signIn(to: session, isDeviceFlow: isDeviceFlow)
        var output = SignInOutput()
        self.program = program
        program.attach(
            onOutput: { [self] bytes in
                let told = (output.url, output.code)
                output.append(bytes)
                guard told != (output.url, output.code), !isGone else { return }
                world.locks.tell(SignInNote(url: output.url, code: output.code), for: session)
            },
            onEnd: { [self] ending in
                if isGone { return release() }
                output.finish()
                if let interruption { return did(.ran(.interrupted(interruption), output)) }
                let how: LoginSteps.Ending = if case .exited(let status) = ending { .exited(status) } else { .timedOut }
                did(.ran(how, output))
            })
        after(timeLeft) { program.terminate() }
        if dice.isBelow(0.3) {
            after(dice.between(1, max(1, timeLeft))) { [self] in interrupt() }
        }
    }

    /// The user interrupts its own sign-in.
    func interrupt() {
        guard let program, program.isAlive else { return }
        interruption = 2
        program.terminate()
    }

    // MARK: Joining the daemon's sign-in

    /// Checks for a sign-in that the daemon began before we took the lock.
    private func lookAtDaemon(since: TimeInterval) {
        let status = world.socket.status()
        guard status != nil || world.time > since + Terminal.longestSilence else {
            return after(0.2) { [self] in lookAtDaemon(since: since) }
        }
        var sight = sight
        sight.daemonSignsIn = status?.sessions.first { $0.name == session.name }?.condition == .signingIn
        did(.looked(sight))
    }

    /// As in the real `DaemonSignIn`.
    private func join(since: TimeInterval) {
        guard steps.timeLeft(at: world.now) > 0 else { return did(.failed("nobody signed in in time")) }
        guard let status = world.socket.status() else {
            if !hasAsked, world.time > since + Terminal.longestSilence { return did(.noDaemon) }
            return after(0.2) { [self] in join(since: since) }
        }
        let found = status.sessions.first { $0.name == session.name }
        if found?.condition != .signingIn {
            if let last = found?.lastSignIn, last.at.timeIntervalSince1970 >= steps.since - 1, last.result != "ok" {
                return did(.failed("the sign-in did not help (\(last.result))"))
            }
            if hasAsked, let end = steps.verdict(on: sight, at: world.now) {
                if case .failed(let reason) = end { return did(.failed(reason)) }
                return did(.joined)
            }
            if !hasAsked, found == nil || isDeviceFlow { return did(.noDaemon) }
        }
        hasAsked = true
        client = world.socket.call(
            .signIn(
                session: session.name, wantsMore: true, isContinued: false,
                since: Date(timeIntervalSince1970: steps.since)),
            onReply: { [self] reply in
                guard boot == world.bootedAt, !isGone else { return }
                client = nil
                switch reply {
                case nil: join(since: world.time)
                case .failed(.noSuchSession), .failed(.unguarded), .failed(.notApproved): did(.noDaemon)
                case .failed(let error): did(.failed("\(error)"))
                default: did(.joined)
                }
            })
    }
}
