import FoundationEssentials

/// What the journals of many machines tell. Entries come in any order, and some twice; those of a machine are kept
/// until it is settled, after which it is as large as its users, their sessions, boots and words are many.
package struct Fleet: Sendable {
    struct Machine: Sendable {
        var host = ""
        /// When it had that name.
        var hostAt = -Double.infinity
        /// When it was first heard of, as far as its clock can have been right.
        var firstAt: Double?
        /// By user ID.
        var users: [UInt32: FleetUser] = [:]
        /// It wrote entries that lie in the future.
        var clockIsAhead = false

        var lastAt: Double? { users.values.map(\.lastAt).filter { $0 > 0 }.max() }

        static let mostUsers = 256
    }

    let times: FleetTimes
    /// By machine ID.
    private(set) var machines: [ID128: Machine] = [:]
    private(set) var tally = FleetTally()
    /// The last entry of any program, by machine and boot: microseconds since that boot.
    private(set) var heard: [ID128: [ID128: UInt64]] = [:]

    /// - Parameter since: from when on things are counted. How a machine is, also what it said before that says.
    package init(since: Date, now: Date) {
        times = FleetTimes(since: since.timeIntervalSince1970, now: now.timeIntervalSince1970)
    }

    package mutating func take(_ entry: FleetEntry) {
        // Others may have lines of that name, such as a command of ours that a unit runs.
        guard entry.id != nil || entry[.version] != nil, let id = entry[.machine].flatMap(ID128.init),
            let user = entry.user, machines[id, default: Machine()].take(entry, of: user, times)
        else {
            if entry.at >= times.since { tally.ignored += 1 }
            return
        }
    }

    /// No more will come of a machine, as far as is known.
    package mutating func settle(_ machine: ID128) {
        machines[machine]?.settle(times, into: &tally)
    }

    package mutating func settleAll() {
        for id in machines.keys { settle(id) }
    }

    /// Machines, and those of their boots at whose end somebody could not work, as far as the agent's entries tell. How
    /// long, the others there tell: `hear`.
    package var waiting: [ID128: Set<ID128>] {
        machines.mapValues { Set($0.users.values.flatMap(\.waits).map(\.boot)) }.filter { !$0.value.isEmpty }
    }

    /// Takes the time of any entry of the machine, by whatever program: microseconds since that boot.
    package mutating func hear(of machine: ID128, in boot: ID128, uptime: UInt64) {
        heard[machine, default: [:]][boot, default: 0] = max(uptime, heard[machine]?[boot] ?? 0)
    }
}

extension Fleet.Machine {
    /// - Returns: false for an entry that does not count.
    fileprivate mutating func take(_ entry: FleetEntry, of user: UInt32, _ times: FleetTimes) -> Bool {
        if times.isAhead(entry.at) { clockIsAhead = true }
        guard users[user] != nil || users.count < Self.mostUsers,
            users[user, default: FleetUser()].history.add(entry, times)
        else { return false }
        if times.canBe(entry.at) { firstAt = min(firstAt ?? entry.at, entry.at) }
        if let name = entry[.host], host.isEmpty || entry.at >= hostAt && times.canBe(entry.at) {
            host = name
            hostAt = times.canBe(entry.at) ? entry.at : hostAt
        }
        return true
    }

    fileprivate mutating func settle(_ times: FleetTimes, into tally: inout FleetTally) {
        for id in users.keys { users[id]?.settle(times, into: &tally) }
        users = users.filter { $0.value.last != nil }
    }
}
