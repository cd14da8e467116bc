import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// A program that runs in a session of its own, with a time limit on all of that session, and its output read.
///
/// A process that left the session, as a browser does, is not ours to end.
package final class ChildProcess {
    package struct Ending: Equatable {
        /// The exit code, or the negated signal.
        package let status: Int32
        package let timedOut: Bool

        package var isSuccess: Bool { status == 0 && !timedOut }

        package init(status: Int32, timedOut: Bool) {
            self.status = status
            self.timedOut = timedOut
        }
    }

    package let pid: pid_t
    private let output: OwnedDescriptor
    private var sources: [EventSource] = []
    private var deadline: Timer?
    private var timedOut = false
    private let grace: TimeInterval
    private let onOutput: ([UInt8]) -> Void

    /// Starts the program.
    /// - Parameters:
    ///   - command: the path of the program, or its name in `PATH`, and its arguments. Never a secret.
    ///   - timeout: seconds until the session is gone; in the last tenth of it (2 s at most) it is asked to end first.
    ///   - onOutput: gets what it writes to stdout and stderr, as it comes.
    ///   - onEnd: called once, when it has ended and its output was read.
    package init(
        _ loop: EventLoop, _ command: [String], environment: [String: String], timeout: TimeInterval,
        onOutput: @escaping ([UInt8]) -> Void, onEnd: @escaping (Ending) -> Void
    ) throws(SystemError) {
        let (pid, output) = try spawn(command, environment: environment)
        self.pid = pid
        self.output = output
        self.onOutput = onOutput
        grace = min(2, timeout / 10)
        let asksAt = EventLoop.now().boot + timeout - grace
        deadline = try loop.timer(.boottime) { [weak self] in self?.expire() }
        deadline?.arm(at: asksAt)
        sources.append(
            try loop.child(pid) { [weak self] status in
                guard let self else { return }
                self.drain()
                self.sources = []
                self.deadline = nil
                if self.timedOut { ProcessSession(self.pid).signal(SIGKILL) }
                onEnd(Ending(status: status, timedOut: self.timedOut))
            })
        sources.append(try loop.io(output, EPOLLIN) { [weak self] _ in self?.drain() })
    }

    /// Ends the whole session now, as at its time limit.
    package func terminate() { expire() }

    private func expire() {
        let session = ProcessSession(pid)
        guard !timedOut else { return session.signal(SIGKILL) }
        timedOut = true
        session.signal(SIGTERM)
        deadline?.arm(at: EventLoop.now().boot + grace)
    }

    /// Reads what a full pipe may hold, no more: a program that never stops writing must not keep the loop from the
    /// deadline and from everybody else. What is left is reported again.
    private func drain() {
        for _ in 0..<256 {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, initialized in
                count = read(output.number, buffer.baseAddress, buffer.count)
                initialized = max(0, count)
            }
            if count < 0, errno == EINTR { continue }
            if count == 0 { sources.last?.disable() }
            guard count > 0 else { return }
            onOutput(bytes)
        }
    }
}

/// Starts a program in a new session: no signal blocked or ignored, stdin empty, stdout and stderr one pipe.
private func spawn(_ command: [String], environment: [String: String]) throws(SystemError) -> (pid_t, OwnedDescriptor) {
    let name = command.first ?? ""
    var ends: [Int32] = [-1, -1]
    guard host_pipe(&ends) == 0 else { throw SystemError("make a pipe for", name) }
    let (reading, writing) = (OwnedDescriptor(ends[0]), OwnedDescriptor(ends[1]))
    _ = fcntl(reading.number, F_SETFL, O_NONBLOCK)

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, writing.number, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, writing.number, STDERR_FILENO)
    // Ours are closed on exec; what our own parent left open is not.
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var every = sigset_t()
    sigfillset(&every)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &every)
    let flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(HOST_SPAWN_SETSID)
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var arguments = command.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (arguments + variables).forEach { free($0) } }
    var pid: pid_t = 0
    let code = posix_spawnp(&pid, name, &actions, &attributes, &arguments, &variables)
    guard code == 0 else { throw SystemError("run", name, code) }
    return (pid, reading)
}
