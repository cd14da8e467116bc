import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// A sign-in command at work: a child of ours, or one that an earlier daemon started and left behind.
package final class SignInProcess {
    package enum Ending: Equatable {
        /// An exit code, or the negated signal.
        case exited(Int32)
        case timedOut
        /// It was not our child, so nobody told us how it ended.
        case unknown
    }

    package let pid: pid_t
    private var child: ChildProcess?
    private var adopted: Adopted?

    /// Starts the command.
    package init(
        _ loop: EventLoop, _ command: [String], environment: [String: String], timeout: TimeInterval,
        onOutput: @escaping ([UInt8]) -> Void, onEnd: @escaping (Ending) -> Void
    ) throws(SystemError) {
        let child = try ChildProcess(
            loop, command, environment: environment, timeout: timeout, onOutput: onOutput,
            onEnd: { onEnd($0.timedOut ? .timedOut : .exited($0.status)) })
        self.child = child
        pid = child.pid
    }

    /// Waits for the one that runs already, and ends it when its time is over.
    /// - Throws: `ESRCH` when it runs no more.
    package init(
        _ loop: EventLoop, adopting running: AgentState.RunningSignIn, timeLeft: TimeInterval,
        onEnd: @escaping (Ending) -> Void
    ) throws(SystemError) {
        pid = running.pid
        guard SignInProcess.startTime(of: running.pid) == running.processStart else {
            throw SystemError("find process", "\(running.pid)", ESRCH)
        }
        adopted = try Adopted(loop, running.pid, timeLeft: timeLeft, onEnd: onEnd)
    }

    /// What of it must be remembered, so that a later daemon can adopt it.
    package func remembered(session: String, startedAt: Date, isAutomatic: Bool) -> AgentState.RunningSignIn {
        AgentState.RunningSignIn(
            session: session, pid: pid, processStart: SignInProcess.startTime(of: pid) ?? 0, startedAt: startedAt,
            isAutomatic: isAutomatic)
    }

    /// Field 22 of /proc/PID/stat; nil without such a process.
    private static func startTime(of pid: pid_t) -> UInt64? {
        guard let file = try? FileContent(of: "/proc/\(pid)/stat", limit: 4096) else { return nil }
        // The name, in parentheses, may hold anything; the fields after it cannot.
        guard let end = file.bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = file.bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19 else { return nil }
        return UInt64(String(decoding: fields[19], as: UTF8.self))
    }

    /// Watches a process that is no child of ours.
    private final class Adopted {
        private let descriptor: OwnedDescriptor
        private var source: EventSource?
        private var deadline: Timer?
        private var timedOut = false

        init(_ loop: EventLoop, _ pid: pid_t, timeLeft: TimeInterval, onEnd: @escaping (Ending) -> Void)
            throws(SystemError)
        {
            let number = host_process(pid)
            guard number >= 0 else { throw SystemError("watch process", "\(pid)") }
            descriptor = OwnedDescriptor(number)
            source = try loop.io(descriptor, EPOLLIN) { [weak self] _ in
                guard let self else { return }
                self.source = nil
                self.deadline = nil
                onEnd(self.timedOut ? .timedOut : .unknown)
            }
            deadline = try loop.timer(.boottime) { [weak self] in
                self?.timedOut = true
                ProcessSession(pid).signal(SIGKILL)
            }
            deadline?.arm(at: EventLoop.now().boot + max(0, timeLeft))
        }
    }
}
