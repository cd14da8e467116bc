import FoundationEssentials

/// Decides which reading of Claude Code's settings to use: while the current file may be caught in the middle of a
/// write, it is the last sound one.
package struct LastSoundSettings: Equatable, Sendable {
    private var last: ClaudeSettings?
    /// Since when (boot clock) the file has not been sound.
    package private(set) var doubtfulSince: TimeInterval?

    package init() {}

    /// Takes the current reading.
    /// - Parameters:
    ///   - patience: for how many seconds an unsound file may be a write in progress.
    ///   - isSound: the file is neither broken nor damaged.
    /// - Returns: the last sound reading if that is to be used instead; nil to use the current one.
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
