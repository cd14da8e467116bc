import FoundationEssentials

extension SessionFacts {
    /// Takes over what this process knows of the session when its files were read anew.
    package mutating func keep(from known: SessionFacts) {
        token = known.token
        tokenWasRead = known.tokenWasRead
        jitter = known.jitter
        isRefreshing = known.isRefreshing
        refreshIsAsked = known.refreshIsAsked
        lastTry = known.lastTry
        record = known.record
    }

    /// Notes what the token file holds now. A token that is there after the session had ended is a sign-in by hand:
    /// nobody else could have brought it.
    /// - Parameter signInIsOurs: a sign-in of ours is under way and will be judged when it ends.
    package mutating func note(_ seen: TokenFacts, at now: Date, signInIsOurs: Bool) {
        let before = token
        let isFirst = !tokenWasRead
        token = seen
        tokenWasRead = true
        if isFirst { return forgetStaleRefusal() }
        guard !signInIsOurs, case .found(let clocks) = seen, hadEnded(before, at: now) else { return }
        guard clocks.expiresAt > now, clocks.fingerprint != before.clocks?.fingerprint else { return }
        record.signedInAt = now
        record.lastSignIn = .init(at: now, result: "ok")
        record.failedSignIns = 0
        record.refusal = nil
    }

    /// Somebody signed in while no daemon ran.
    private mutating func forgetStaleRefusal() {
        guard let refusal = record.refusal, let clocks = token.clocks, refusal.fingerprint != clocks.fingerprint else {
            return
        }
        record.refusal = nil
        record.failedSignIns = 0
    }

    private func hadEnded(_ before: TokenFacts, at now: Date) -> Bool {
        guard let clocks = before.clocks else { return true }
        if let refusal = record.refusal, refusal.fingerprint == clocks.fingerprint { return true }
        return !clocks.isRefreshable(at: now) && clocks.expiresAt <= now
    }
}
