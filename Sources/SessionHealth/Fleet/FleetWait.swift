/// Somebody there could not work when the agent said the last that it said in a boot. How long that went on, the entries
/// of other programs in that boot tell.
struct FleetWait: Sendable {
    var boot: ID128
    /// Of the agent's last entry: microseconds since that boot, and seconds since 1970.
    var uptime: UInt64
    var at: Double
    /// From when on they could not work, in seconds since 1970.
    var from: Double

    /// So many seconds count at most: an agent that runs says once a day how a session is.
    static let most = JournalMessage.silence

    /// - Parameter heard: the last that was heard of that boot, in microseconds since it; nil for nothing.
    /// - Returns: seconds lost after the agent's last entry.
    func lost(_ times: FleetTimes, heard: UInt64?) -> Double {
        guard let heard, heard > uptime else { return 0 }
        let end = min(at + min(Double(heard - uptime) / 1_000_000, Self.most), times.now)
        return max(0, end - max(at, from, times.since))
    }
}
