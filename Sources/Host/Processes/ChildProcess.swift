import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// A program that runs in a session of its own, with a time limit on all of that session, and its output read.
package final class ChildProcess: RunningProgram {
    package let pid: pid_t
    private let output: OutputPipe
    private let errors: OutputPipe?
    private let deadline: SessionDeadline
    private var source: EventSource?

    /// Starts the program.
    /// - Parameters:
    ///   - command: the path of the program, or its name in `PATH`, and its arguments. Never a secret.
    ///   - timeout: seconds until the session is gone.
    ///   - outlivesUs: it, or what it leaves behind, goes on when nobody reads its output any more.
    ///   - onErrors: gets what it writes to stderr, as it comes; without it, `onOutput` does.
    ///   - onOutput: gets what it writes to stdout, as it comes.
    ///   - onEnd: called once, when it has ended and its output was read.
    package init(
        _ loop: EventLoop, _ command: [String], environment: [String: String], timeout: TimeInterval,
        outlivesUs: Bool = false, onErrors: (([UInt8]) -> Void)? = nil, onOutput: @escaping ([UInt8]) -> Void,
        onEnd: @escaping (ProgramEnding) -> Void
    ) throws(SystemError) {
        let name = command.first ?? ""
        output = try OutputPipe(loop, for: name, outlivesUs: outlivesUs, onOutput: onOutput)
        errors = try onErrors.map { more throws(SystemError) in
            try OutputPipe(loop, for: name, outlivesUs: outlivesUs, onOutput: more)
        }
        pid = try spawn(command, environment: environment, output: output, errors: errors ?? output)
        output.handedOver()
        errors?.handedOver()
        deadline = try SessionDeadline(loop, timeout: timeout, leader: pid)
        source = try loop.child(pid) { [weak self] status in
            guard let self else { return }
            self.source = nil
            self.output.drain()
            self.errors?.drain()
            self.deadline.leaderEnded()
            onEnd(self.deadline.hasPassed ? .timedOut : .exited(status))
        }
    }

    /// Ends the whole session now, as at its time limit.
    package func terminate() { deadline.expire() }

    package var keptOutput: OwnedDescriptor? { nil }

    package func note(in record: inout AgentState.RunningSignIn) {
        record.pid = pid
        record.processStart = ChildProcess.startTime(of: pid)
    }

    /// Field 22 of /proc/PID/stat; nil without such a process.
    static func startTime(of pid: pid_t) -> UInt64? {
        guard let file = try? FileContent(of: "/proc/\(pid)/stat", limit: 4096) else { return nil }
        // The name, in parentheses, may hold anything; the fields after it cannot.
        guard let end = file.bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = file.bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19 else { return nil }
        return UInt64(String(decoding: fields[19], as: UTF8.self))
    }
}

/// Starts a program in a new session: no signal blocked or ignored, stdin empty, stdout and stderr pipes.
private func spawn(
    _ command: [String], environment: [String: String], output: OutputPipe, errors: OutputPipe
) throws(SystemError) -> pid_t {
    let name = command.first ?? ""
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    for (pipe, number) in [(output, STDOUT_FILENO), (errors, STDERR_FILENO)] {
        guard let writing = pipe.writing else { continue }
        posix_spawn_file_actions_adddup2(&actions, writing.number, number)
    }
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
    return pid
}
