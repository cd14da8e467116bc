/// What the entries of one user on one machine have told so far. Times are in seconds since 1970.
struct FleetUser: Sendable {
    struct Session: Sendable {
        var condition: Condition
        var since: Double
        var expiresAt: Double?
        var kind: String?
        var profile: String?
        var heardAt: Double

        /// From when on it cannot be used; nil while it can. A token works to its end, whatever comes after it.
        var failsFrom: Double? {
            switch condition {
            case .healthy, .refreshing, .expiring, .unguarded: nil
            case .offline, .signingIn, .misconfigured, .signInNeeded: max(since, expiresAt ?? since)
            }
        }

        mutating func hear(_ entry: FleetEntry) {
            heardAt = entry.at
            kind = entry[.kind] ?? kind
            profile = entry[.profile] ?? profile
            expiresAt = entry.time(.expiresAt) ?? expiresAt
        }
    }

    var sessions: [String: Session] = [:]
    private(set) var lastAt: Double
    private var isThere = false
    /// Whether the daemon's last entry was that it stops.
    var hasStopped = false
    var version: String?
    /// Seconds in which somebody was there, and a session could not be used.
    private(set) var lost = 0.0
    private(set) var failedSignIns = 0

    /// More are none that our daemon would guard.
    private static let mostSessions = 16

    init(at time: Double) { lastAt = time }

    /// Takes an entry. One that comes late, out of its order, no longer says how anything is.
    /// - Parameter since: from when on things are counted.
    mutating func take(_ entry: FleetEntry, countingFrom since: Double) {
        guard entry.at >= lastAt else { return }
        if entry.at >= since, entry.signIn?.helped == false { failedSignIns += 1 }
        pass(to: entry.at, countingFrom: since, wasWatched: entry.id != .started && entry.id != .woke)
        version = entry[.version] ?? version
        if let presence = entry[.presence] { isThere = presence == Presence.present.word }
        hasStopped = entry.id == .stopping
        switch entry.id {
        case .started: (sessions, isThere) = ([:], false)
        case .stopping: isThere = false
        case .conditionChanged, .conditionHolds: takeCondition(entry)
        case .sessionLeft: if let name = entry[.session] { sessions[name] = nil }
        default: takeSession(entry)
        }
    }

    /// What has been so since the last entry. Before `started` and `woke`, nobody knows how long nothing went on.
    private mutating func pass(to time: Double, countingFrom since: Double, wasWatched: Bool) {
        if wasWatched, isThere, let from = sessions.values.compactMap(\.failsFrom).min() {
            lost += max(0, time - max(lastAt, from, since))
        }
        lastAt = time
    }

    private mutating func takeCondition(_ entry: FleetEntry) {
        guard let name = entry[.session], let condition = entry[.condition].flatMap(Condition.init) else { return }
        guard sessions[name] != nil || sessions.count < Self.mostSessions else { return }
        var session = sessions[name] ?? Session(condition: condition, since: entry.at, heardAt: entry.at)
        if session.condition != condition { (session.condition, session.since) = (condition, entry.at) }
        if let told = entry.time(.conditionSince) { session.since = min(told, session.since) }
        session.expiresAt = nil
        session.hear(entry)
        sessions[name] = session
    }

    private mutating func takeSession(_ entry: FleetEntry) {
        guard let name = entry[.session] else { return }
        // The first entries of what is looked at may tell of a session that has long been healthy.
        if entry.id == .refreshed, sessions[name] == nil, sessions.count < Self.mostSessions {
            sessions[name] = Session(condition: .healthy, since: entry.at, heardAt: entry.at)
        }
        sessions[name]?.hear(entry)
    }

    /// Those that it still speaks of.
    func current(_ silence: Double) -> [(name: String, session: Session)] {
        sessions.filter { $0.value.heardAt >= lastAt - silence }.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }
}
