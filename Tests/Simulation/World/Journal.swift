import FoundationEssentials
import SessionHealth

/// What the daemon wrote into the journal, and whether that is all that there was to write.
final class Journal {
    private unowned let world: World
    private(set) var counts: [JournalMessage.ID: Int] = [:]
    /// What the daemon's sign-ins printed, in lines.
    var printed = 0
    /// Successful refreshes that it heard of.
    var refreshed = 0

    init(_ world: World) { self.world = world }

    func record(_ message: JournalMessage) {
        // A press of a button that comes to nothing is told as such an end, too.
        if message.id == .signInEnded, message.priority == .warning, message.fields.isEmpty { return }
        counts[message.id, default: 0] += 1
    }

    /// What is missing from it, or too much; only for worlds in which the daemon lived on.
    var mismatches: [String] {
        let signIns = world.signInChecks.count
        return [
            compare(.signInStarted, signIns), compare(.signInEnded, signIns), compare(.childOutput, printed),
            compare(.refreshed, refreshed),
        ].compactMap(\.self)
    }

    private func compare(_ id: JournalMessage.ID, _ expected: Int) -> String? {
        let found = counts[id] ?? 0
        return found == expected ? nil : "\(id): \(found), not \(expected)"
    }
}
