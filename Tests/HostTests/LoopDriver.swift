import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// An event loop that a test runs step by step until a condition is true.
final class LoopDriver {
    let loop: EventLoop

    init() throws {
        EventLoop.blockSignals()
        loop = try EventLoop()
    }

    /// Handles events until the condition is true; false if that takes too long.
    func run(seconds: TimeInterval = 20, until condition: () -> Bool) -> Bool {
        let end = EventLoop.now().boot + seconds
        while !condition() {
            guard EventLoop.now().boot < end else { return false }
            _ = loop.runOnce(timeout: 20_000)
        }
        return true
    }

    /// Handles all pending events.
    func settle() { while loop.runOnce(timeout: 0) {} }
}
