import FoundationEssentials

// What no file tells: who is at the screen, sleep, and the network.

extension Core {
    /// Seconds to wait for logind before the agent continues without it.
    static let patience: TimeInterval = 2

    /// `sessions` is nil without logind: then the environment tells all there is to know.
    mutating func loginsChanged(_ sessions: [LoginSession]?, at now: Moment) {
        let presence = sessions.map { Presence(of: $0, hasDisplay: hasDisplay) } ?? ownPresence
        let isNews = surroundings == .known && presence != facts.presence
        noteAttendance(at: now)
        facts.presence = presence
        if isNews { record(JournalMessage(.presence, .info, presence.words)) }
        guard surroundings != .known else { return emit(.settle) }
        surroundings = .known
        // The plan's own work and its records come before any call is answered.
        step(at: now)
        emit(.serve)
    }

    /// While somebody is there, each step adds the time since the last one.
    mutating func noteAttendance(at now: Moment) {
        guard surroundings == .known else { return }
        facts.attendance.observe(at: now.wall)
        if facts.presence == .present { facts.attendance.note(from: seenAt, to: now.wall) }
        seenAt = facts.presence == .present ? now.wall : nil
    }

    private var ownPresence: Presence { hasDisplay ? .present : .noDisplay }

    mutating func woke(at now: Moment) {
        record(JournalMessage(.woke, .info, "the machine woke up; everything is checked again"))
        mayTryAgain(at: now)
    }

    mutating func networkReturned(at now: Moment) {
        // Only a refresh that failed, or is about to, needs to be planned again.
        if facts.sessions.contains(where: { $0.isRefreshing || $0.lastTry?.outcome.isSuccess == false }) {
            mayTryAgain(at: now)
        }
    }

    /// What was unreachable a moment ago may be reachable now.
    private mutating func mayTryAgain(at now: Moment) {
        facts.retryHint = now.boot
        wake(at: now)
    }
}
