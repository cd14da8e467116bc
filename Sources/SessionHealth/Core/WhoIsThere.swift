import FoundationEssentials

// What is outside of every file: who is at the screen, sleep, and the network.

extension Core {
    /// Seconds for logind to say who is there before the agent goes on without it.
    static let patience: TimeInterval = 2

    /// `sessions` is nil where logind cannot be asked: then the environment has told all there is to know.
    mutating func loginsChanged(_ sessions: [LoginSession]?, at now: Moment) {
        let presence = sessions.map { Presence(of: $0, hasDisplay: hasDisplay) } ?? ownPresence
        let isNews = surroundings == .known && presence != facts.presence
        facts.presence = presence
        if isNews { record(JournalMessage(.presence, .info, presence.words)) }
        guard surroundings != .known else { return emit(.settle) }
        surroundings = .known
        // What the plan asks for, and the records of it, are the first work, before any call is answered.
        step(at: now)
        emit(.serve)
    }

    private var ownPresence: Presence { hasDisplay ? .present : .noDisplay }

    mutating func woke(at now: Moment) {
        record(JournalMessage(.woke, .info, "the machine woke up; everything is planned anew"))
        mayTryAgain(at: now)
    }

    mutating func networkReturned(at now: Moment) {
        // Only who waits for it need wake up.
        if facts.sessions.contains(where: { $0.lastTry?.outcome.isSuccess == false }) { mayTryAgain(at: now) }
    }

    /// What could not be reached a moment ago may be reached now.
    private mutating func mayTryAgain(at now: Moment) {
        facts.retryHint = now.boot
        wake(at: now)
    }
}
