import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// A program in its own session, with a time limit for the whole session; its output is read.
package final class ChildProcess: RunningProgram {
    package let pid: pid_t
    private let output: OutputPipe
    private let errors: OutputPipe?
    private let deadline: SessionDeadline
    private var source: EventSource?

    /// Starts the program.
    /// - Parameters:
    ///   - command: the program's path, or its name in `PATH`, and its arguments. Never a secret.
    ///   - timeout: seconds until the session is ended.
    ///   - lock: held until the program, too, has ended.
    ///   - input: what it reads on its standard input.
    ///   - outlivesUs: the program, or a process it leaves behind, must keep running when nobody reads its output any
    ///     more.
    ///   - onErrors: gets stderr as it arrives; without it, `onOutput` does.
    ///   - onOutput: gets stdout as it arrives.
    ///   - onEnd: called once, when the program has ended and its output has been read.
    package init(
        _ loop: EventLoop, _ command: [String], environment: [String: String], timeout: TimeInterval,
        input: [UInt8] = [], holding lock: FileLock? = nil, outlivesUs: Bool = false,
        onErrors: (([UInt8]) -> Void)? = nil,
        onOutput: @escaping ([UInt8]) -> Void, onEnd: @escaping (ProgramEnding) -> Void
    ) throws(SystemError) {
        let name = command.first ?? ""
        output = try OutputPipe(loop, for: name, outlivesUs: outlivesUs, onOutput: onOutput)
        errors = try onErrors.map { more throws(SystemError) in
            try OutputPipe(loop, for: name, outlivesUs: outlivesUs, onOutput: more)
        }
        pid = try Spawn.apart(
            command, environment: environment, input: try OwnedDescriptor.holding(input, for: name),
            output: output.writing, errors: (errors ?? output).writing,
            holding: lock)
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

    package func terminate() { deadline.expire() }

    package var keptOutput: OwnedDescriptor? { nil }

    package func note(in record: inout AgentState.RunningSignIn) {
        record.pid = pid
        record.processStart = ChildProcess.startTime(of: pid)
    }

    /// The start time (field 22 of /proc/PID/stat); nil if there is no such process, or it has ended and nobody has
    /// heard of that yet.
    static func startTime(of pid: pid_t) -> UInt64? {
        guard let file = try? FileContent(of: "/proc/\(pid)/stat", limit: 4096) else { return nil }
        // The name, in parentheses, can contain anything; the fields after it cannot contain a parenthesis.
        guard let end = file.bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = file.bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, fields.first?.first != UInt8(ascii: "Z") else { return nil }
        return UInt64(String(decoding: fields[19], as: UTF8.self))
    }
}
