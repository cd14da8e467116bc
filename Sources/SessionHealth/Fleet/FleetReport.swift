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
        /// Another machine was heard of by that name for the first time after that, as after it was installed anew.
        package var isReplaced: Bool
    }

    package struct Legacy: Codable, Equatable, Sendable {
        package var user: User
        package var profile: String
    }

    package struct Problem: Codable, Equatable, Sendable {
        package var user: User
        /// The session's, or one of `conditions`.
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
    /// Entries that were none of the agent's, whose time cannot be told, or that exceed what a machine or user can have.
    package var ignored = 0
    /// Journal files that could not be read to their end.
    package var unreadFiles: Int
    package var machines = 0
    /// Those of a machine that another one has replaced are not among them, nor in what follows but for what they lost.
    package var users = 0
    /// Users by condition. Those whose agent has no session to guard are `no-session`, those of whom nothing was heard
    /// lately are `silent`, those whose agent has not said yet how its sessions are `unknown`.
    package var conditions: [String: Int] = [:]
    /// Those of `no-session`: not set up, or never signed in.
    package var withoutSession: [User] = []
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
    /// Hosts whose clock is ahead, or was: what it said then is not believed.
    package var clocksAhead: [String] = []
    package var worst: [Problem] = []

    package static let silentCondition = "silent"
    package static let noSessionCondition = "no-session"
    package static let unknownCondition = "unknown"
    static let other = "other"
    private static let mostWorst = 10
    /// Versions and refusals: more are none that tell anything.
    private static let mostNames = 50

    /// - Parameters:
    ///   - silence: seconds for which a machine may say nothing. One on which something happens says something each day.
    ///   - unreadFiles: how many journal files could not be read to their end.
    package init(_ fleet: Fleet, silence: Double, unreadFiles: Int) {
        let (times, tally) = (fleet.times, fleet.tally)
        at = Date(timeIntervalSince1970: times.now)
        since = Date(timeIntervalSince1970: times.since)
        self.unreadFiles = unreadFiles
        (entries, ignored, refusals) = (tally.entries, tally.ignored, Self.mostFrequent(tally.refusals))
        machines = fleet.machines.count
        var problems: [Problem] = []
        let byHost = fleet.machines.map { (id: "\($0.key)", key: $0.key, machine: $0.value) }
            .sorted { ($0.machine.host, $0.id) < ($1.machine.host, $1.id) }
        let newest = Dictionary(byHost.map { ($0.machine.host, $0.machine.firstAt ?? 0) }, uniquingKeysWith: max)
        for (id, key, machine) in byHost {
            if machine.clockIsAhead { clocksAhead.append(machine.host) }
            let isReplaced = newest[machine.host] ?? 0 > machine.lastAt ?? .infinity
            if machine.lastAt ?? 0 < times.now - silence { addSilent(id, machine, isReplaced) }
            for (uid, user) in machine.users.sorted(by: { $0.key < $1.key }) {
                let who = User(machine: id, host: machine.host, uid: uid)
                let lost = Int(user.lost(times, heard: fleet.heard[key] ?? [:]))
                lostSeconds += lost
                if lost > 0 { usersWhoLost += 1 }
                // There is nobody any more to do anything.
                guard !isReplaced else { continue }
                let state = FleetUser.State(user, silence: silence, now: times.now)
                add(who, user, state)
                if let problem = Problem(who, user, state, lost) { problems.append(problem) }
            }
        }
        versions = Self.mostFrequent(versions)
        addDays(tally, times)
        worst = Array(problems.sorted(by: Problem.isWorse).prefix(Self.mostWorst))
    }

    private mutating func addSilent(_ id: String, _ machine: Fleet.Machine, _ isReplaced: Bool) {
        let lastAt = machine.lastAt
        silent.append(
            Silent(
                machine: id, host: machine.host, since: lastAt.map { Date(timeIntervalSince1970: $0) },
                saidGoodbye: lastAt != nil
                    && machine.users.values.allSatisfy { $0.lastAt != lastAt || $0.hasStopped },
                isReplaced: isReplaced))
    }

    /// Counts a user.
    private mutating func add(_ who: User, _ user: FleetUser, _ state: FleetUser.State) {
        users += 1
        for (name, session) in state.sessions where session.kind == .legacy {
            legacy.append(Legacy(user: who, profile: session.profile ?? name))
        }
        conditions[state.condition, default: 0] += 1
        if state.condition == Self.noSessionCondition { withoutSession.append(who) }
        if let version = user.version { versions[version, default: 0] += 1 }
    }

    /// The rest is counted together.
    private static func mostFrequent(_ counts: [String: Int]) -> [String: Int] {
        let sorted = byCount(counts)
        var most = Dictionary(uniqueKeysWithValues: sorted.prefix(mostNames).map { ($0.name, $0.count) })
        for rest in sorted.dropFirst(mostNames) { most[other, default: 0] += rest.count }
        return most
    }

    private mutating func addDays(_ tally: FleetTally, _ times: FleetTimes) {
        for (day, counts) in tally.days.sorted(by: { $0.key < $1.key }) {
            let start = Date(timeIntervalSince1970: Double(day) * 86_400)
            days.append(Day(day: String(Timestamp.format(start).prefix(10)), signIns: counts))
            signIns += counts
        }
        let length = max(1, (times.now - max(times.since, tally.firstAt ?? times.since)) / 86_400)
        signInsPerDay = (Double(signIns.succeeded) / length * 100).rounded() / 100
    }

    /// What `--json` prints.
    package var json: [UInt8] { JSONCoding.encode(self, isPretty: true) }
}
