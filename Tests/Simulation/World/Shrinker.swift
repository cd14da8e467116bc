import FoundationEssentials

/// Finds the fewest faults with which something still fails (Zeller's delta debugging).
enum Shrinker {
    /// - Parameter fails: whether it fails with these alone.
    /// - Returns: a part of them without which none of the others is enough: leave any one out, and it holds.
    static func fewest<Item: Hashable>(of items: [Item], fails: (Set<Item>) -> Bool) -> [Item] {
        var left = items
        var parts = 2
        while !left.isEmpty {
            let size = max(1, (left.count + parts - 1) / parts)
            let pieces = stride(from: 0, to: left.count, by: size).map { Array(left[$0..<min($0 + size, left.count)]) }
            if pieces.count > 2, let piece = pieces.first(where: { fails(Set($0)) }) {
                left = piece
                parts = 2
            } else if let piece = pieces.first(where: { piece in fails(Set(left).subtracting(piece)) }) {
                left.removeAll { piece.contains($0) }
                parts = max(parts - 1, 2)
            } else if size == 1 {
                break
            } else {
                parts = min(parts * 2, left.count)
            }
        }
        return left
    }
}

/// A violation of a world, and the fewest of its faults that lead to it.
struct Shrunk {
    var violation: String
    var faults: [Fault]
    /// How many there were.
    var before: Int
    /// The command that replays it.
    var replay: String

    /// Nil if the world violates nothing.
    init?(_ scenario: Scenario, _ seed: UInt64) {
        let whole = scenario.world(seed, stopsAtFirst: true)
        guard let first = whole.violations.first else { return nil }
        let kind = Shrunk.kind(first)
        // What follows from a fault may take a while longer without the others.
        let end = whole.time + Scenario.day
        func world(_ faults: Set<Fault>) -> World {
            scenario.world(seed, only: faults, stopsAtFirst: true, endsAt: end)
        }
        before = whole.faults.struck.count
        faults = Shrinker.fewest(of: whole.faults.struck) { faults in
            world(faults).violations.first.map(Shrunk.kind) == kind
        }
        let least = world(Set(faults))
        violation = least.violations.first ?? first
        replay = least.replay
    }

    /// Without its moment and its numbers.
    static func kind(_ violation: String) -> String {
        String(violation.drop { $0 != ":" }.drop { !$0.isLetter }.filter { !$0.isNumber })
    }
}

extension Shrunk: CustomStringConvertible {
    var description: String {
        let faults = faults.map { "\($0)" }.joined(separator: ", ")
        return "\(violation); of \(before) faults these are enough: \(faults.isEmpty ? "none" : faults); \(replay)"
    }
}
