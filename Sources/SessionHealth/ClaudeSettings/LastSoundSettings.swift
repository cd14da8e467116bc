import FoundationEssentials

/// Which reading of Claude Code's settings counts: while what is there now may be in the middle of somebody's write, it
/// is the last sound one.
package struct LastSoundSettings: Equatable, Sendable {
    private var last: ClaudeSettings?
    /// Since when the file is in doubt, on the boot clock.
    package private(set) var doubtfulSince: TimeInterval?

    package init() {}

    /// Takes what was read now.
    /// - Parameters:
    ///   - patience: seconds for which it may be a write in progress.
    ///   - isSound: it is neither broken nor damaged.
    /// - Returns: the last sound reading, for as long as it counts instead; nil where this one does.
    package mutating func take(
        _ settings: ClaudeSettings, isSound: Bool, at boot: TimeInterval, patience: TimeInterval
    ) -> ClaudeSettings? {
        guard !isSound, let last else {
            last = isSound ? settings : nil
            doubtfulSince = nil
            return nil
        }
        let since = doubtfulSince ?? boot
        guard boot - since < patience else {
            self.last = nil
            doubtfulSince = nil
            return nil
        }
        doubtfulSince = since
        return last
    }
}
