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
        pid = try Spawn.apart(
            command, environment: environment, output: output.writing, errors: (errors ?? output).writing)
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
