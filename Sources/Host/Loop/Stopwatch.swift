import FoundationEssentials
import SessionHealth

/// The current time for a command, and the time since it started. Created once, at the command's entry point.
package struct Stopwatch: Sendable {
    /// When the stopwatch was created.
    package let start: Moment

    package init() { start = EventLoop.now() }

    package var now: Moment { EventLoop.now() }

    /// Seconds since the start, sleep included.
    package var elapsed: TimeInterval { now.boot - start.boot }
}
