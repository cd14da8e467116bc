import FoundationEssentials

// How a refresh or a sign-in changes the facts: the same for the daemon and the simulation.

extension SessionFacts {
    /// A refresh has started.
    package mutating func refreshBegan() {
        isRefreshing = true
        refreshIsAsked = false
    }

    /// A refresh of this token has ended, and the file has been read again. It started at `startedAt` on the boot clock.
    /// `spread`, in `-1 ... 1`, and `jitter`, in `0 ..< 1`, shift the next retry and the next refresh; drawn again each
    /// time. `retryHint` is that of the facts: when the network has just returned, the pauses restart with the shortest.
    package mutating func refreshEnded(
        _ outcome: RefreshOutcome, token tried: TokenClocks, startedAt: TimeInterval, at now: Moment, spread: Double,
        jitter: Double, retryHint: TimeInterval? = nil
    ) {
        let before = lastTry.map { retryHint ?? 0 > $0.startedAt ? 0 : $0.failures } ?? 0
        let failures = outcome.isSuccess ? 0 : before + 1
        lastTry = RefreshTry(
            at: now, startedAt: startedAt, outcome: outcome, fingerprint: tried.fingerprint, failures: failures,
            spread: spread)
        isRefreshing = false
        // A failed refresh stays due: with another jitter, it might not be for a minute.
        if outcome.isSuccess { self.jitter = jitter }
        record.lastRefresh = .init(at: now.wall, result: outcome.word)
        switch outcome {
        case .sessionEnded:
            record.refusal = .init(fingerprint: tried.fingerprint, outcome: outcome, at: now.wall)
            // Somebody signed in meanwhile.
            guard token.clocks?.fingerprint == tried.fingerprint else { return }
            // A machine that slept through the end does not know when it was.
            if tried.expiresAt > now.wall { record.learnEnd(at: now.wall) } else { record.signedInAt = nil }
        case .registrationRefused, .refused:
            record.refusal = .init(fingerprint: tried.fingerprint, outcome: outcome, at: now.wall)
        case .refreshed, .adopted: record.refusal = nil
        case .offline, .failed: break
        }
    }
}

extension Facts {
    /// A sign-in to the session starts now. Recorded before it runs, so that a crash cannot repeat it: until it is
    /// known to have succeeded, it counts as failed.
    package mutating func signInBegan(_ session: String, isAutomatic: Bool, isEarly: Bool = false, at now: Date) {
        signIn = SignInInFlight(session: session, startedAt: now, isAutomatic: isAutomatic)
        if isAutomatic {
            automaticSignIns = automaticSignIns.filter { $0 > now - policy.budgetWindow } + [now]
        }
        guard let index = sessions.firstIndex(where: { $0.session.name == session }) else { return }
        let before = sessions[index].token.clocks
        signIn?.before = before?.fingerprint
        signIn?.couldBeRefreshed =
            before?.isRefreshable(at: now) == true && sessions[index].record.refusal?.fingerprint != before?.fingerprint
        // AWS answers a sign-in during a running session with that session, whose start stays the same.
        if !sessions[index].isRunning(at: now) { sessions[index].record.signedInAt = nil }
        sessions[index].record.lastSignIn = .init(at: now, result: "started")
        if isEarly {
            sessions[index].record.earlySignInFor = sessions[index].token.clocks?.expiresAt
        } else if isAutomatic {
            sessions[index].record.failedSignIns += 1
        }
    }

    /// The sign-in has ended, and the session's token has been read again. It is judged by what it changed; by its exit
    /// only if the session did not need it, and so is good in any case. `word` says how it ended, in case it failed;
    /// `saysNothing`, that its time was over and it had not said that somebody has signed in.
    @discardableResult
    package mutating func signInEnded(
        _ session: String, word: String, commandFailed: Bool = false, saysNothing: Bool = false, at now: Moment
    ) -> Bool {
        guard let ended = signIn, ended.session == session else { return false }
        signIn = nil
        guard let index = sessions.firstIndex(where: { $0.session.name == session }) else { return false }
        var record = sessions[index].record
        let spent = record.earlySignInFor.flatMap { $0 > now.wall ? $0 : nil }
        let isAsBefore = ended.before != nil && ended.before == sessions[index].token.clocks?.fingerprint
        // What a command that failed has left half-written is no token.
        let isTorn = if case .torn = sessions[index].token { true } else { false }
        // A refresh may mend the token of a machine that slept through its end; the sign-in did not.
        let hasExpired = sessions[index].token.clocks.map { $0.expiresAt <= now.wall } ?? false
        // A new token of a session that needed no sign-in may come from a refresh.
        let isRefreshed = saysNothing && !ended.isNeeded && !ended.isRenewal && ended.couldBeRefreshed
        let changedNothing =
            isAsBefore && (commandFailed || hasExpired) || isTorn && commandFailed || isRefreshed
        let helped =
            spent.map { outlives($0, sessions[index].token.clocks) } ?? (isSignedIn(index, now) && !changedNothing)
        if helped {
            let isAnother = spent != nil || ended.isRenewal && !commandFailed
            record.signedInAt = isAnother ? now.wall : record.signedInAt ?? now.wall
            record.failedSignIns = 0
            record.refusal = nil
            record.earlySignInFor = nil
        } else if !ended.isAutomatic || spent == nil && record.failedSignIns == 0 && record.earlySignInFor == nil {
            // The pauses restart with the first; without one, the plan's own sign-in would start at once. So it would
            // after one of an earlier process whose records are lost.
            record.failedSignIns = 1
        }
        record.lastSignIn = .init(at: now.wall, result: helped ? "ok" : word)
        sessions[index].record = record
        return helped
    }

    /// Whether the sign-in that the session needed has become needless: a new token has come, whoever signed in.
    package func signInIsOver(at now: Moment) -> Bool {
        guard let signIn, signIn.isNeeded,
            let index = sessions.firstIndex(where: { $0.session.name == signIn.session }),
            case .found(let token) = sessions[index].token, token.fingerprint != signIn.before,
            token.expiresAt > now.wall
        else { return false }
        if let spent = sessions[index].record.earlySignInFor, spent > now.wall { return outlives(spent, token) }
        return isSignedIn(index, now)
    }

    /// Whether an early sign-in moved the expiry it was for: while a portal session runs, AWS returns the same one
    /// again.
    private func outlives(_ end: Date, _ token: TokenClocks?) -> Bool {
        guard let token else { return false }
        return token.hasRefreshToken || token.expiresAt.timeIntervalSince(end) > policy.expiryTolerance
    }

    /// Whether no sign-in is needed now.
    private func isSignedIn(_ index: Int, _ now: Moment) -> Bool {
        var facts = self
        facts.signIn = nil
        let decision = SessionDecision(facts: facts, session: sessions[index], now: now, signInIsFree: true)
        return decision.plan().condition != .signInNeeded
    }
}

extension SessionFacts {
    /// Whether the portal session is known to run: its token is valid and was not refused.
    fileprivate func isRunning(at now: Date) -> Bool {
        guard case .found(let clocks) = token else { return false }
        return clocks.expiresAt > now && record.refusal?.fingerprint != clocks.fingerprint
    }
}
