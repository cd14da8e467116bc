import FoundationEssentials

/// What `fleet --json` prints. Times are RFC 3339 UTC. Hosts, profiles and versions are what other machines wrote.
package struct FleetReport: Codable, Equatable, Sendable {
    /// A user of a machine; people have no other names here.
    package struct User: Codable, Equatable, Sendable {
        package var machine: String
        package var host: String
        package var uid: UInt32
    }

    package struct SignIns: Codable, Equatable, Sendable {
        package var automatic = 0
        package var asked = 0
        package var elsewhere = 0
        package var failed = 0

        package var succeeded: Int { automatic + asked + elsewhere }

        static func += (total: inout Self, more: Self) {
            total.automatic += more.automatic
            total.asked += more.asked
            total.elsewhere += more.elsewhere
            total.failed += more.failed
        }
    }

    package struct Day: Codable, Equatable, Sendable {
        /// In UTC, such as `2026-11-23`.
        package var day: String
        package var signIns: SignIns
    }

    package struct Silent: Codable, Equatable, Sendable {
        package var machine: String
        package var host: String
        /// When it was last heard of; absent if all that it wrote lies in the future.
        package var since: Date?
        /// The last thing it said was that the agent stops, as at the end of a session or at shutdown.
        package var saidGoodbye: Bool
    }

    package struct Legacy: Codable, Equatable, Sendable {
        package var user: User
        package var profile: String
    }

    package struct Problem: Codable, Equatable, Sendable {
        package var user: User
        /// The session's, or `silent`.
        package var condition: String
        package var session: String?
        package var since: Date?
        package var lostSeconds: Int
        package var failedSignIns: Int
        /// What to do there, as that user.
        package var fix: String
    }

    package var version = 1
    package var at: Date
    package var since: Date
    package var entries = 0
    /// Entries that were none of the agent's, lie in the future, or exceed what one machine may have.
    package var ignored = 0
    /// Journal files that could not be read to their end.
    package var unreadFiles: Int
    package var machines = 0
    package var users = 0
    /// Users by condition; those of whom nothing was heard lately are `silent`.
    package var conditions: [String: Int] = [:]
    package var legacy: [Legacy] = []
    package var signIns = SignIns()
    package var signInsPerDay = 0.0
    package var days: [Day] = []
    package var lostSeconds = 0
    package var usersWhoLost = 0
    package var refusals: [String: Int] = [:]
    /// Users by the version of their daemon.
    package var versions: [String: Int] = [:]
    package var silent: [Silent] = []
    /// Hosts whose clock is ahead: what they wrote is not counted.
    package var clocksAhead: [String] = []
    package var worst: [Problem] = []

    package static let silentCondition = "silent"
    private static let mostWorst = 10
    private static let mostVersions = 50

    /// - Parameters:
    ///   - silence: seconds for which a machine may say nothing. One that is switched on says something each day.
    ///   - unreadFiles: how many journal files could not be read to their end.
    package init(_ fleet: Fleet, silence: Double, unreadFiles: Int) {
        at = Date(timeIntervalSince1970: fleet.now)
        since = Date(timeIntervalSince1970: fleet.since)
        self.unreadFiles = unreadFiles
        (entries, ignored, refusals) = (fleet.entries, fleet.ignored, fleet.refusals)
        machines = fleet.machines.count
        var problems: [Problem] = []
        for (id, machine) in fleet.machines.sorted(by: { ($0.value.host, $0.key) < ($1.value.host, $1.key) }) {
            if machine.clockIsAhead { clocksAhead.append(machine.host) }
            if machine.lastAt ?? 0 < fleet.now - silence { addSilent(id, machine) }
            for (uid, user) in machine.users.sorted(by: { $0.key < $1.key }) {
                let who = User(machine: id, host: machine.host, uid: uid)
                let isSilent = user.lastAt < fleet.now - silence
                if let problem = add(who, user, user.current(silence), isSilent: isSilent) { problems.append(problem) }
            }
        }
        addDays(fleet)
        worst = Array(problems.sorted(by: Problem.isWorse).prefix(Self.mostWorst))
    }

    private mutating func addSilent(_ id: String, _ machine: Fleet.Machine) {
        let lastAt = machine.lastAt
        silent.append(
            Silent(
                machine: id, host: machine.host, since: lastAt.map { Date(timeIntervalSince1970: $0) },
                saidGoodbye: machine.users.values.allSatisfy { $0.lastAt != lastAt || $0.hasStopped }))
    }

    /// Counts a user.
    /// - Returns: what is wrong there, if anything is.
    private mutating func add(
        _ who: User, _ user: FleetUser, _ sessions: [(name: String, session: FleetUser.Session)], isSilent: Bool
    ) -> Problem? {
        users += 1
        for (name, session) in sessions where session.kind == SSOSession.Kind.legacy.rawValue {
            legacy.append(Legacy(user: who, profile: session.profile ?? name))
        }
        let worst = sessions.max { $0.session.condition < $1.session.condition }
        let condition = isSilent ? Self.silentCondition : (worst?.session.condition ?? .unguarded).rawValue
        conditions[condition, default: 0] += 1
        if let version = user.version {
            let isNew = versions[version] == nil && versions.count >= Self.mostVersions
            versions[isNew ? "other" : version, default: 0] += 1
        }
        let lost = Int(user.lost)
        lostSeconds += lost
        if lost > 0 { usersWhoLost += 1 }
        return Problem(who, user, condition, worst, lost)
    }

    private mutating func addDays(_ fleet: Fleet) {
        for (day, counts) in fleet.days.sorted(by: { $0.key < $1.key }) {
            let start = Date(timeIntervalSince1970: Double(day) * 86_400)
            days.append(Day(day: String(Timestamp.format(start).prefix(10)), signIns: counts))
            signIns += counts
        }
        let length = max(1, (fleet.now - max(fleet.since, fleet.firstAt ?? fleet.since)) / 86_400)
        signInsPerDay = (Double(signIns.succeeded) / length * 100).rounded() / 100
    }

    /// What `--json` prints.
    package var json: [UInt8] { JSONCoding.encode(self, isPretty: true) }
}
