import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// Adds approvals to our file. Somebody may hold its lock: the daemon tries again, and goes on with all else meanwhile.
final class Approving {
    private let approvals: Approvals
    private let tell: (Event) -> Void
    private var waiting: [(command: String, tries: Int)] = []
    private var timer: Host.Timer?

    /// For 5 s.
    private static let tries = 50
    /// Seconds.
    private static let pause: TimeInterval = 0.1

    init(_ loop: EventLoop, approvals: String, tell: @escaping (Event) -> Void) {
        self.approvals = Approvals(path: approvals)
        self.tell = tell
        timer = try? loop.timer(.boottime) { [unowned self] in
            let due = waiting
            waiting = []
            for (command, tries) in due { approve(command, tries: tries) }
        }
    }

    func approve(_ command: String) { approve(command, tries: Approving.tries) }

    private func approve(_ command: String, tries: Int) {
        do {
            try approvals.approve(command, .none)
            tell(.approved(command, failure: nil))
        } catch let error as SystemError where error.number == EWOULDBLOCK && tries > 0 {
            waiting.append((command, tries - 1))
            timer?.arm(after: Approving.pause)
        } catch {
            tell(.approved(command, failure: "\(error)"))
        }
    }
}
