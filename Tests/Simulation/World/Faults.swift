import FoundationEssentials

/// One thing that goes wrong, or that somebody does: its kind, and the how-manyeth of its kind it is in its world.
struct Fault: Hashable, Sendable, CustomStringConvertible {
    enum Kind: String, CaseIterable, Sendable {
        case outage, suspend, clock, restart, power, disk, screen
        /// The daemon dies before an effect; a refresh, before a step; another program, in the middle of a write.
        case crash, refreshCrash, writeCrash
        /// Another program's file is seen half-written.
        case torn
        /// The service manager, or the kernel, refuses a call.
        case refusedCall
        /// `state.json` is gone, or cannot be written.
        case lostState, lockedState
        case watch
        case absence, habit, coincidence
        /// An administrator ends a session, or the service forgets its clients.
        case revocation, forgottenClients
        case signOut, edit, damage
    }

    var kind: Kind
    var number: Int

    var description: String { "\(kind) \(number)" }

    init(_ kind: Kind, _ number: Int) {
        self.kind = kind
        self.number = number
    }

    /// - Parameter words: such as `outage 3`.
    init?(_ words: some StringProtocol) {
        let parts = words.split(separator: " ")
        guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])), let number = Int(parts[1]) else {
            return nil
        }
        self.init(kind, number)
    }
}

/// Numbers the faults of a world as they strike, and holds off those that are not wanted: so a history that fails can
/// be replayed with fewer and fewer of them. Whoever strikes draws its dice all the same, so that what is held off
/// moves the others as little as can be.
struct Faults {
    /// Only these strike; nil for all.
    var only: Set<Fault>?
    private(set) var struck: [Fault] = []
    private var counts: [Fault.Kind: Int] = [:]

    /// - Returns: whether the next fault of this kind strikes.
    mutating func strikes(_ kind: Fault.Kind) -> Bool {
        counts[kind, default: 0] += 1
        let fault = Fault(kind, counts[kind] ?? 0)
        guard only?.contains(fault) ?? true else { return false }
        struck.append(fault)
        return true
    }
}
