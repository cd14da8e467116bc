import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// A process that an earlier daemon started. It is not our child, so its exit status is unknown.
package final class AdoptedProcess: RunningProgram {
    private let pid: pid_t
    private let descriptor: OwnedDescriptor
    private let deadline: SessionDeadline
    private var source: EventSource?

    /// Waits for the process, and ends it at its time limit.
    /// - Parameter timeLeft: seconds.
    /// - Throws: `ESRCH` if it is not running any more.
    package init(
        _ loop: EventLoop, _ record: AgentState.RunningSignIn, timeLeft: TimeInterval,
        onEnd: @escaping (ProgramEnding) -> Void
    ) throws(SystemError) {
        guard let pid = record.pid, let start = record.processStart, ChildProcess.startTime(of: pid) == start else {
            throw SystemError("find process", record.pid.map { "\($0)" } ?? "of the sign-in", ESRCH)
        }
        self.pid = pid
        let number = host_process(pid)
        guard number >= 0 else { throw SystemError("watch process", "\(pid)") }
        descriptor = OwnedDescriptor(number)
        deadline = try SessionDeadline(loop, timeout: timeLeft, leader: pid)
        source = try loop.io(descriptor, EPOLLIN) { [weak self] _ in
            guard let self else { return }
            self.source = nil
            self.deadline.leaderEnded()
            onEnd(self.deadline.hasPassed ? .timedOut : .unknown)
        }
    }

    package func terminate() { deadline.expire() }

    package var keptOutput: OwnedDescriptor? { nil }

    package func note(in record: inout AgentState.RunningSignIn) {
        record.pid = pid
        record.processStart = ChildProcess.startTime(of: pid)
    }
}
