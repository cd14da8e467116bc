import FoundationEssentials

/// Scheduled actions, soonest first; at the same time, in the order in which they were added.
struct Agenda {
    private struct Entry {
        var at: TimeInterval
        var number: Int
        var act: () -> Void

        func isBefore(_ other: Entry) -> Bool { (at, number) < (other.at, other.number) }
    }

    /// A binary heap.
    private var entries: [Entry] = []
    private var count = 0

    /// When the next action is due.
    var next: TimeInterval { entries.first?.at ?? .infinity }

    mutating func put(at: TimeInterval, _ act: @escaping () -> Void) {
        count += 1
        entries.append(Entry(at: at, number: count, act: act))
        var child = entries.count - 1
        while child > 0, entries[child].isBefore(entries[(child - 1) / 2]) {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Removes and returns the next action.
    mutating func take() -> (() -> Void)? {
        guard let last = entries.popLast() else { return nil }
        guard let first = entries.first else { return last.act }
        entries[0] = last
        var parent = 0
        while 2 * parent + 1 < entries.count {
            var child = 2 * parent + 1
            if child + 1 < entries.count, entries[child + 1].isBefore(entries[child]) { child += 1 }
            guard entries[child].isBefore(entries[parent]) else { break }
            entries.swapAt(parent, child)
            parent = child
        }
        return first.act
    }
}
