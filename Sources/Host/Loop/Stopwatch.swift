import FoundationEssentials
import SessionHealth

/// How late it is, for a command that takes its time: made once, at its entry, and passed down.
package struct Stopwatch: Sendable {
    /// When it was made.
    package let start: Moment

    package init() { start = EventLoop.now() }

    package var now: Moment { EventLoop.now() }

    /// Seconds since the start, sleep included.
    package var elapsed: TimeInterval { now.boot - start.boot }
}
