/// What the entries of one user on one machine have told so far. Times are in seconds since 1970.
struct FleetUser: Sendable {
    struct Session: Sendable {
        var condition: Condition
        var since: Double
        var expiresAt: Double?
        var kind: SSOSession.Kind?
        var profile: String?
        var heardAt: Double

        /// It cannot be used, now or as soon as its token has ended.
        var isFailing: Bool {
            switch condition {
            case .healthy, .refreshing, .expiring, .unguarded: false
            case .offline, .signingIn, .misconfigured, .signInNeeded: true
            }
        }

        /// From when on it cannot be used, of the time since it was told; nil while it can. A token works to its end,
        /// whatever comes after it.
        var failsFrom: Double? { isFailing ? expiresAt ?? 0 : nil }

        mutating func hear(_ event: FleetEvent, _ history: FleetHistory) {
            heardAt = event.at
            kind = event.kind ?? kind
            profile = history.word(event.profile) ?? profile
            expiresAt = event.expiresAt > 0 ? Double(event.expiresAt) : expiresAt
        }
    }

    var history = FleetHistory()
    var sessions: [String: Session] = [:]
    /// The last entry; nil before any was told.
    private(set) var last: FleetEvent?
    private(set) var isSomebodyThere = false
    /// Whether the daemon's last entry was that it stops.
    var hasStopped: Bool { last?.id == .stopping }
    var lastAt: Double { last?.at ?? 0 }
    private(set) var version: String?
    /// Seconds in which somebody was there, and a session could not be used; as far as entries tell.
    private(set) var lost = 0.0
    private(set) var failedSignIns = 0
    private var today = FleetDay()

    /// More are none that our daemon would guard.
    private static let mostSessions = 16

    /// All that has come is told, in order.
    mutating func settle(_ times: FleetTimes, into tally: inout FleetTally) {
        let (events, undated) = history.takeAll(times)
        tally.ignored += undated
        for event in events where isNews(event) {
            count(event, times, into: &tally)
            take(event, times)
        }
    }

    /// It does not come after what has been told already, as when a file grows while it is read.
    private func isNews(_ event: FleetEvent) -> Bool {
        guard let last else { return true }
        guard event != last else { return false }
        return last.boot == event.boot ? event.uptime >= last.uptime : event.at >= last.at
    }

    private mutating func count(_ event: FleetEvent, _ times: FleetTimes, into tally: inout FleetTally) {
        guard event.at >= times.since else { return }
        tally.entries += 1
        tally.firstAt = min(tally.firstAt ?? event.at, event.at)
        today.turn(to: event.at)
        if event.id == .refreshFailed, let refusal = history.word(event.refusal) {
            guard today.mayRefuse(event.refusal) else { return tally.ignored += 1 }
            tally.count(refusal: refusal)
        }
        if let cause = event.signInCause {
            guard today.maySignIn() else { return tally.ignored += 1 }
            tally.count(signIn: cause, helped: event.signInHelped, on: today.day)
            if !event.signInHelped { failedSignIns += 1 }
        }
    }

    private mutating func take(_ event: FleetEvent, _ times: FleetTimes) {
        pass(to: event, times)
        version = history.word(event.version) ?? version
        isSomebodyThere = event.isSomebodyThere ?? isSomebodyThere
        switch event.id {
        case .started: (sessions, isSomebodyThere) = ([:], false)
        case .stopping: isSomebodyThere = false
        case .noSession: sessions = [:]
        case .conditionChanged, .conditionHolds: takeCondition(event)
        case .sessionLeft: if let name = history.word(event.session) { sessions[name] = nil }
        default: takeSession(event)
        }
        last = event
    }

    /// Somebody is there and cannot work, as far as is known.
    var isWaiting: Bool { failsFrom != nil }

    /// From when on somebody who is there cannot work; nil while they can.
    private var failsFrom: Double? {
        isSomebodyThere ? sessions.values.compactMap(\.failsFrom).min() : nil
    }

    /// What has been so since the last entry: as long as the machine ran since, whatever its clock has been set to.
    /// Between two boots, and before `started`, nobody knows how long nothing went on.
    private mutating func pass(to event: FleetEvent, _ times: FleetTimes) {
        guard let last, last.boot == event.boot, event.id != .started, let from = failsFrom else { return }
        let seconds = Double(event.uptime - last.uptime) / 1_000_000
        // It woke just now: it had been awake before, not until now.
        let end = event.id == .woke ? last.at + seconds : event.at
        lost += max(0, end - max(end - seconds, from, times.since))
    }

    /// Seconds lost, with what goes on: to the last that was heard of the machine in that boot; to now, where nothing
    /// was heard after this user's own last entry, and that was not long ago.
    ///
    /// - Parameter silence: seconds after which an agent that says nothing does not run.
    func lost(_ times: FleetTimes, silence: Double, heard: Fleet.Heard?) -> Double {
        min(times.now - times.since, lost + goesOn(times, silence, heard))
    }

    private func goesOn(_ times: FleetTimes, _ silence: Double, _ heard: Fleet.Heard?) -> Double {
        guard let last, let from = failsFrom else { return 0 }
        let end: Double
        if let heard, heard.boot == history.boot(last), heard.uptime > last.uptime {
            end = min(last.at + min(Double(heard.uptime - last.uptime) / 1_000_000, silence), times.now)
        } else if let heard, heard.boot != history.boot(last), heard.at > last.at {
            return 0
        } else {
            end = last.at >= times.now - silence ? times.now : last.at
        }
        return max(0, end - max(last.at, from, times.since))
    }

    private mutating func takeCondition(_ event: FleetEvent) {
        guard let name = history.word(event.session), let condition = event.condition else { return }
        guard sessions[name] != nil || sessions.count < Self.mostSessions else { return }
        var session = sessions[name] ?? Session(condition: condition, since: event.at, heardAt: event.at)
        if session.condition != condition { (session.condition, session.since) = (condition, event.at) }
        if event.conditionSince > 0 { session.since = min(Double(event.conditionSince), session.since) }
        session.expiresAt = nil
        session.hear(event, history)
        sessions[name] = session
    }

    private mutating func takeSession(_ event: FleetEvent) {
        guard let name = history.word(event.session) else { return }
        // The first entries of what is looked at may tell of a session that has long been healthy.
        if event.id == .refreshed, sessions[name] == nil, sessions.count < Self.mostSessions {
            sessions[name] = Session(condition: .healthy, since: event.at, heardAt: event.at)
        }
        sessions[name]?.hear(event, history)
    }
}
