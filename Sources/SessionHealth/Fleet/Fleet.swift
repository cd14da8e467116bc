import FoundationEssentials

/// What the journals of many machines tell, entry by entry. It grows with machines and users, not with entries.
package struct Fleet: Sendable {
    struct Machine: Sendable {
        var host = ""
        /// By user ID.
        var users: [UInt32: FleetUser] = [:]
        /// It wrote entries that lie in the future.
        var clockIsAhead = false

        var lastAt: Double? { users.values.map(\.lastAt).max() }

        static let mostUsers = 256
    }

    /// From when on things are counted, in seconds since 1970. How a machine is, also what it said before that says.
    let since: Double
    let now: Double
    /// By machine ID.
    private(set) var machines: [String: Machine] = [:]
    /// Sign-ins by days since 1970, in UTC.
    private(set) var days: [Int: FleetReport.SignIns] = [:]
    /// How often the service refused, by its word for it.
    private(set) var refusals: [String: Int] = [:]
    private(set) var entries = 0
    /// The first of them, in seconds since 1970.
    private(set) var firstAt: Double?
    /// Entries that cannot be the agent's, or of now.
    private(set) var ignored = 0

    /// Clocks that differ by that many seconds are no fault.
    private static let tolerance = 600.0
    private static let mostRefusals = 50

    package init(since: Date, now: Date) {
        self.since = since.timeIntervalSince1970
        self.now = now.timeIntervalSince1970
    }

    package mutating func take(_ entry: FleetEntry) {
        let isAhead = entry.at > now + Self.tolerance
        // Others may have lines of that name, such as a command of ours that a unit runs.
        guard entry.id != nil || entry[.version] != nil,
            let id = entry[.machine], id.utf8.count == 32, let user = entry[.user].flatMap(UInt32.init),
            machines[id, default: Machine()].take(entry, of: user, countingFrom: since, isAhead: isAhead)
        else {
            if entry.at >= since { ignored += 1 }
            return
        }
        guard entry.at >= since else { return }
        entries += 1
        firstAt = min(firstAt ?? entry.at, entry.at)
        if entry.id == .refreshFailed, let refusal = entry[.refusal] {
            let isKnown = refusals[refusal] != nil || refusals.count < Self.mostRefusals
            refusals[isKnown ? refusal : "other", default: 0] += 1
        }
        if let signIn = entry.signIn { days[Int(entry.at / 86_400), default: .init()].count(signIn) }
    }
}

extension Fleet.Machine {
    /// - Returns: false for an entry that does not count.
    fileprivate mutating func take(
        _ entry: FleetEntry, of user: UInt32, countingFrom since: Double, isAhead: Bool
    ) -> Bool {
        if let name = entry[.host], name != host { host = name }
        if isAhead { clockIsAhead = true }
        guard !isAhead, users[user] != nil || users.count < Self.mostUsers else { return false }
        users[user, default: FleetUser(at: entry.at)].take(entry, countingFrom: since)
        return true
    }
}

extension FleetReport.SignIns {
    fileprivate mutating func count(_ signIn: (cause: JournalMessage.SignInCause, helped: Bool)) {
        guard signIn.helped else {
            failed += 1
            return
        }
        switch signIn.cause {
        case .automatic: automatic += 1
        case .asked: asked += 1
        case .elsewhere: elsewhere += 1
        }
    }
}
