import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// A program that signs in, run to its end; what it prints is read, not passed on.
final class SignInProgram {
    typealias Ending = LoginSteps.Ending

    private let loop: EventLoop
    private let onNews: (SignInOutput) -> Void
    private(set) var output: SignInOutput
    private let hasErrorsApart: Bool
    private var told: [String?] = [nil, nil]
    private var news: Timer?
    private var child: ChildProcess?
    private var interruption: Int32?
    private var look: Timer?
    private var isOver = false
    private var ending = Ending.timedOut

    /// Seconds of silence before the output is shown.
    private let pause: TimeInterval
    /// Seconds between two looks whether somebody else has signed in.
    private static let lookPause: TimeInterval = 0.5
    /// Seconds in which it can end by itself once the session works: it may have brought the token.
    private static let grace: TimeInterval = 2

    /// - Parameters:
    ///   - isOwn: it is `bedrock-agent-net`, which prints where to sign in at once, and nothing else but errors. The AWS CLI
    ///     prints the address, the code, and the address with the code one after the other.
    ///   - onNews: gets what it said, when there is a new address or code.
    init(isOwn: Bool, onNews: @escaping (SignInOutput) -> Void) throws {
        loop = try EventLoop()
        pause = isOwn ? 0 : 0.3
        hasErrorsApart = isOwn
        output = SignInOutput(hasErrorsApart: isOwn)
        self.onNews = onNews
    }

    /// Runs it. Ctrl-C ends it, too; its browser stays.
    /// - Parameters:
    ///   - timeout: seconds.
    ///   - lock: held until it has ended, even without us.
    ///   - isOver: whether somebody has signed in meanwhile, so that it need not go on.
    ///   - endsWithUs: whoever typed this command ends it with the command. Claude Code, which ends its commands when it
    ///     ends itself or another of its sessions takes over, leaves somebody in front of an open page.
    func run(
        _ command: [String], environment: [String: String], timeout: TimeInterval, holding lock: FileLock?,
        endsWithUs: Bool, isOver: @escaping () -> Bool
    ) throws -> Ending {
        let signals = BlockedSignals()
        defer { signals.restore() }
        news = try loop.timer(.boottime) { [unowned self] in self.tell() }
        look = try loop.timer(.boottime) { [unowned self] in self.look(isOver) }
        look?.arm(after: SignInProgram.lookPause)
        let sources = try [SIGINT, SIGTERM, SIGHUP].map { number in
            try loop.signal(number) { [unowned self] in
                self.interruption = self.interruption ?? number
                if endsWithUs || number == SIGINT { self.child?.terminate() } else { self.loop.exit(0) }
            }
        }
        child = try ChildProcess(
            loop, command, environment: environment, timeout: timeout, holding: lock,
            outlivesUs: true,
            onErrors: hasErrorsApart ? { [unowned self] in self.output.appendError($0) } : nil,
            onOutput: { [unowned self] in self.heard($0) }, onEnd: { [unowned self] in self.ended($0) })
        let code = withExtendedLifetime(sources) { loop.run() }
        guard code == 0 else { throw SystemError("run", "the event loop", -code) }
        guard let interruption else { return ending }
        return endsWithUs || interruption == SIGINT ? .interrupted(interruption) : .left(interruption)
    }

    private func heard(_ bytes: [UInt8]) {
        output.append(bytes)
        guard told != [output.url, output.code] else { return }
        if pause > 0 { news?.arm(after: pause) } else { tell() }
    }

    private func look(_ isOver: () -> Bool) {
        let was = self.isOver
        self.isOver = isOver()
        if was, self.isOver { return child?.terminate() ?? () }
        look?.arm(after: self.isOver ? SignInProgram.grace : SignInProgram.lookPause)
    }

    private func tell() {
        guard told != [output.url, output.code] else { return }
        told = [output.url, output.code]
        onNews(output)
    }

    private func ended(_ how: ProgramEnding) {
        output.finish()
        tell()
        ending =
            switch how {
            case .exited(let status): .exited(status)
            case .timedOut, .unknown: .timedOut
            case .cannotStart(let reason): .cannotStart(reason)
            }
        loop.exit(0)
    }
}

/// The signals that an event loop takes over, blocked until they are restored. Ctrl-Z does not stop us meanwhile,
/// either: everybody would wait for a sign-in that never finishes.
private struct BlockedSignals {
    private var mask = sigset_t()
    private let pipe: __sighandler_t?
    private let stop: __sighandler_t?

    init() {
        sigprocmask(SIG_SETMASK, nil, &mask)
        pipe = signal(SIGPIPE, SIG_IGN)
        stop = signal(SIGTSTP, SIG_IGN)
        EventLoop.blockSignals()
    }

    func restore() {
        var mask = mask
        sigprocmask(SIG_SETMASK, &mask, nil)
        signal(SIGPIPE, pipe)
        signal(SIGTSTP, stop)
    }
}
