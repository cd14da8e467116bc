import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// An event loop that a test drives by hand, until something is true.
final class LoopDriver {
    let loop: EventLoop

    init() throws {
        EventLoop.blockSignals()
        loop = try EventLoop()
    }

    /// Handles events until the condition holds; false when it does not within the time.
    func run(seconds: TimeInterval = 20, until condition: () -> Bool) -> Bool {
        let end = EventLoop.now().boot + seconds
        while !condition() {
            guard EventLoop.now().boot < end else { return false }
            _ = loop.runOnce(timeout: 20_000)
        }
        return true
    }

    /// Handles what is pending now.
    func settle() { while loop.runOnce(timeout: 0) {} }
}
