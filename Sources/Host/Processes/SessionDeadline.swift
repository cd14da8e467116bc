import FoundationEssentials
import Glibc
import SessionHealth

/// The time limit of a process session (`setsid`): its processes get SIGTERM shortly before the limit and SIGKILL at
/// the limit. A process that has left the session, as a browser does, is not affected.
final class SessionDeadline {
    /// The session leader's PID; nil until it is known.
    var leader: pid_t?
    /// The time limit was reached while the session was running.
    private(set) var hasPassed = false
    private let grace: TimeInterval
    private var timer: Timer?

    /// - Parameter timeout: seconds from now until SIGKILL; SIGTERM is sent a tenth of that (at most 2 s) earlier.
    init(_ loop: EventLoop, timeout: TimeInterval, leader: pid_t? = nil) throws(SystemError) {
        self.leader = leader
        grace = min(2, max(0, timeout) / 10)
        timer = try loop.timer(.boottime) { [weak self] in self?.expire() }
        timer?.arm(at: EventLoop.now().boot + max(0, timeout) - grace)
    }

    /// Ends the session now, as at the time limit.
    func expire() {
        let signal = hasPassed ? SIGKILL : SIGTERM
        if let leader { ProcessSession(leader).signal(signal) }
        guard !hasPassed else { return }
        hasPassed = true
        timer?.arm(at: EventLoop.now().boot + grace)
    }

    /// The leader has ended. If the time limit was reached, the rest of the session is killed too.
    func leaderEnded() {
        timer = nil
        if hasPassed, let leader { ProcessSession(leader).signal(SIGKILL) }
    }
}
