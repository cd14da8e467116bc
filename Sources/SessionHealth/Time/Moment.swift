import FoundationEssentials

/// One instant on the two clocks that matter: expiries are wall time, waiting is time that passes.
package struct Moment: Equatable, Sendable {
    /// CLOCK_REALTIME.
    package var wall: Date
    /// CLOCK_BOOTTIME, in seconds: goes on while the machine sleeps, and nobody can set it.
    package var boot: TimeInterval

    package init(wall: Date, boot: TimeInterval) {
        self.wall = wall
        self.boot = boot
    }
}
