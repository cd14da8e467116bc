import FoundationEssentials
import Glibc
import SessionHealth

/// The time limit of a session of processes (`setsid`): shortly before it they are asked to end, at it they are ended.
/// A process that left the session, as a browser does, is not ours to end.
final class SessionDeadline {
    /// Who leads the session; nil until that is known.
    var leader: pid_t?
    /// The session's time was over while it ran.
    private(set) var hasPassed = false
    private let grace: TimeInterval
    private var timer: Timer?

    /// - Parameter timeout: seconds from now until the session is gone; in the last tenth of it (2 s at most) it is
    ///   asked to end first.
    init(_ loop: EventLoop, timeout: TimeInterval, leader: pid_t? = nil) throws(SystemError) {
        self.leader = leader
        grace = min(2, max(0, timeout) / 10)
        timer = try loop.timer(.boottime) { [weak self] in self?.expire() }
        timer?.arm(at: EventLoop.now().boot + max(0, timeout) - grace)
    }

    /// Ends the session now, as if its time were over.
    func expire() {
        let signal = hasPassed ? SIGKILL : SIGTERM
        if let leader { ProcessSession(leader).signal(signal) }
        guard !hasPassed else { return }
        hasPassed = true
        timer?.arm(at: EventLoop.now().boot + grace)
    }

    /// The leader has ended: what it left behind in its session goes too, if the time was over.
    func leaderEnded() {
        timer = nil
        if hasPassed, let leader { ProcessSession(leader).signal(SIGKILL) }
    }
}
