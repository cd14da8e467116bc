import FoundationEssentials

// What a refresh or a sign-in leaves behind in the facts: the same for the daemon and for a simulated world.

extension SessionFacts {
    /// A refresh of this token has ended.
    /// - Parameters:
    ///   - spread: where in `-1 ... 1` the next retry falls.
    ///   - jitter: where in `0 ..< 1` the next refresh falls.
    package mutating func refreshEnded(
        _ outcome: RefreshOutcome, token: TokenClocks, at now: Moment, spread: Double, jitter: Double
    ) {
        isRefreshing = false
        let failures = outcome.isSuccess ? 0 : (lastTry?.failures ?? 0) + 1
        lastTry = RefreshTry(
            at: now, outcome: outcome, fingerprint: token.fingerprint, failures: failures, spread: spread)
        self.jitter = jitter
        record.lastRefresh = .init(at: now.wall, result: outcome.word)
        switch outcome {
        case .sessionEnded:
            record.learnEnd(at: now.wall)
            record.refusal = .init(fingerprint: token.fingerprint, outcome: outcome, at: now.wall)
        case .registrationRefused, .refused:
            record.refusal = .init(fingerprint: token.fingerprint, outcome: outcome, at: now.wall)
        case .refreshed, .adopted, .offline, .failed: break
        }
    }
}

extension Facts {
    /// A sign-in to the session starts now. Written down before it runs, so that a crash cannot repeat it.
    package mutating func signInBegan(_ session: String, isAutomatic: Bool, isEarly: Bool, at now: Date) {
        signIn = SignInInFlight(session: session, startedAt: now, isAutomatic: isAutomatic)
        if isAutomatic {
            automaticSignIns = automaticSignIns.filter { $0 > now - policy.budgetWindow } + [now]
        }
        guard let index = sessions.firstIndex(where: { $0.session.name == session }) else { return }
        sessions[index].record.lastSignIn = .init(at: now, result: "started")
        if isEarly { sessions[index].record.earlySignInFor = sessions[index].token.clocks?.expiresAt }
    }

    /// The sign-in has ended, and the session's token was read again. Judged by what it changed, not by what it said.
    /// - Parameters:
    ///   - expiresAt: of the token before it.
    ///   - word: how it ended, for the case that it did not help.
    /// - Returns: whether it helped.
    package mutating func signInEnded(_ session: String, before expiresAt: Date?, word: String, at now: Moment) -> Bool
    {
        guard let ended = signIn, ended.session == session else { return false }
        signIn = nil
        guard let index = sessions.firstIndex(where: { $0.session.name == session }) else { return false }
        let wasEarly = expiresAt.map { sessions[index].record.earlySignInFor == $0 && $0 > now.wall } ?? false
        let helped =
            wasEarly ? hasMoved(sessions[index].token.clocks?.expiresAt, from: expiresAt) : isSignedIn(index, now)
        if helped {
            sessions[index].record.signedInAt = now.wall
            sessions[index].record.refusal = nil
        }
        sessions[index].record.lastSignIn = .init(at: now.wall, result: helped ? "ok" : word)
        if helped || !ended.isAutomatic {
            sessions[index].record.failedSignIns = 0
        } else if !wasEarly {
            sessions[index].record.failedSignIns += 1
        }
        return helped
    }

    private func hasMoved(_ expiresAt: Date?, from before: Date?) -> Bool {
        guard let expiresAt, let before else { return false }
        return expiresAt.timeIntervalSince(before) > policy.expiryTolerance
    }

    /// Nobody would ask for a sign-in now.
    private func isSignedIn(_ index: Int, _ now: Moment) -> Bool {
        let condition = SessionDecision(facts: self, session: sessions[index], now: now, signInIsFree: true).plan()
            .condition
        return condition != .signInNeeded
    }
}
