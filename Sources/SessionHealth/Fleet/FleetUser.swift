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
    /// The daemon has just started: what is known of sessions is from before, until it says something of them.
    private var isFromBefore = false
    /// The user's condition while there is no session to guard; nil before that was told.
    private(set) var withoutSession: Condition?
    /// Of the boots before this one.
    private var earlierWaits: [FleetWait] = []
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
        let told = last
        for event in events where Self.isNews(event, after: told) {
            count(event, times, into: &tally)
            take(event, times)
        }
    }

    /// It comes after what was told when this user was settled before: a file that was renamed while they were all read
    /// is read twice.
    private static func isNews(_ event: FleetEvent, after told: FleetEvent?) -> Bool {
        guard let told else { return true }
        guard event != told else { return false }
        return told.boot == event.boot ? event.uptime >= told.uptime : event.at >= told.at
    }

    private mutating func count(_ event: FleetEvent, _ times: FleetTimes, into tally: inout FleetTally) {
        guard event.at >= times.since else { return }
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
        tally.entries += 1
        tally.firstAt = min(tally.firstAt ?? event.at, event.at)
    }

    private mutating func take(_ event: FleetEvent, _ times: FleetTimes) {
        pass(to: event, times)
        version = history.word(event.version) ?? version
        isSomebodyThere = event.isSomebodyThere ?? isSomebodyThere
        switch event.id {
        case .started: (isFromBefore, isSomebodyThere) = (true, false)
        case .stopping: isSomebodyThere = false
        case .noSession: (sessions, isFromBefore, withoutSession) = ([:], false, event.condition ?? .unguarded)
        case .conditionChanged, .conditionHolds: takeCondition(event)
        case .sessionLeft: if let name = history.word(event.session) { sessions[name] = nil }
        default: takeSession(event)
        }
        last = event
    }

    /// From when on somebody who is there cannot work; nil while they can.
    private var failsFrom: Double? {
        isSomebodyThere && !isFromBefore ? sessions.values.compactMap(\.failsFrom).min() : nil
    }

    /// What has been so since the last entry: as long as the machine ran since, whatever its clock has been set to.
    private mutating func pass(to event: FleetEvent, _ times: FleetTimes) {
        guard let last, let from = failsFrom else { return }
        guard last.boot == event.boot else {
            if let wait, wait.at + FleetWait.most > times.since { earlierWaits.append(wait) }
            return
        }
        let isNew = event.id == .started
        // A daemon that was killed does not say that it stops.
        let seconds = min(Double(event.uptime - last.uptime) / 1_000_000, isNew ? FleetWait.most : .infinity)
        // It woke just now: it had been awake before, not until now.
        let end = isNew || event.id == .woke ? last.at + seconds : event.at
        lost += max(0, end - max(end - seconds, from, times.since))
    }

    /// What goes on since the last entry, or went on when the machine was switched off.
    private var wait: FleetWait? {
        guard let last, let from = failsFrom else { return nil }
        return FleetWait(boot: history.boot(last), uptime: last.uptime, at: last.at, from: from)
    }

    /// One of each boot at whose end somebody could not work; also of the one that is not known to have ended.
    var waits: [FleetWait] { earlierWaits + [wait].compactMap(\.self) }

    /// Seconds lost, with what went on after the last entry of a boot.
    ///
    /// - Parameter heard: the last that was heard of the machine, by boot: microseconds since that.
    func lost(_ times: FleetTimes, heard: [ID128: UInt64]) -> Double {
        let wentOn = waits.reduce(0) { $0 + $1.lost(times, heard: heard[$1.boot]) }
        return max(0, min(times.now - times.since, lost + wentOn))
    }

    /// What was known of sessions from before the daemon started is told anew from here on.
    private mutating func forgetThoseOfBefore() {
        if isFromBefore { (sessions, isFromBefore, withoutSession) = ([:], false, nil) }
    }

    private mutating func takeCondition(_ event: FleetEvent) {
        guard let name = history.word(event.session), let condition = event.condition else { return }
        forgetThoseOfBefore()
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
        if event.id == .refreshed { forgetThoseOfBefore() }
        if event.id == .refreshed, sessions[name] == nil, sessions.count < Self.mostSessions {
            sessions[name] = Session(condition: .healthy, since: event.at, heardAt: event.at)
        }
        sessions[name]?.hear(event, history)
    }
}
