// What the facts are after something happened: pure, so that the daemon and the simulation take the same steps.
import FoundationEssentials

extension SessionFacts {
    /// A refresh was started.
    package mutating func refreshBegan(at now: Moment) {
        isRefreshing = true
        refreshIsAsked = false
        refreshStartedAt = now.boot
    }

    /// A refresh of the token with this fingerprint has ended; the file is read afterwards (`Facts.tokenRead`).
    ///
    /// `spread`, in `-1 ... 1`, and `jitter`, in `0 ..< 1`, are drawn anew each time.
    package mutating func refreshEnded(
        _ outcome: RefreshOutcome, token fingerprint: String, at now: Moment, spread: Double, jitter: Double
    ) {
        let failures = outcome.isSuccess ? 0 : (lastTry?.failures ?? 0) + 1
        lastTry = RefreshTry(
            at: now, startedAt: refreshStartedAt, outcome: outcome, fingerprint: fingerprint, failures: failures,
            spread: spread)
        isRefreshing = false
        refreshStartedAt = nil
        record.lastRefresh = .init(at: now.wall, result: outcome.word)
        switch outcome {
        case .refreshed, .adopted:
            self.jitter = jitter
            record.refusal = nil
        case .sessionEnded:
            record.refusal = .init(fingerprint: fingerprint, outcome: outcome, at: now.wall)
            guard let clocks = token.clocks, clocks.fingerprint == fingerprint else { return }
            // A machine that slept through the end does not know when it was.
            if clocks.expiresAt > now.wall { record.learnEnd(at: now.wall) } else { record.signedInAt = nil }
        case .registrationRefused, .refused:
            record.refusal = .init(fingerprint: fingerprint, outcome: outcome, at: now.wall)
        case .offline, .failed: break
        }
    }

    /// Somebody says that what the service refused is mended: that refusal is put to the test. For a reload.
    package mutating func tryRefusedAgain() {
        if case .refused = record.refusal?.outcome { refreshIsAsked = true }
    }

    /// A token file with this content: not whole, whatever was known of it before.
    package func torn(reason: String, at now: Moment) -> TokenFacts {
        guard case .torn(let since, _, let last) = token else {
            return .torn(since: now.boot, reason: reason, last: token.clocks)
        }
        return .torn(since: since, reason: reason, last: last)
    }
}

extension Facts {
    /// A session's token file was read. Tells whether somebody signed in, by whatever program: a sign-in was needed,
    /// and no longer is.
    @discardableResult
    package mutating func tokenRead(_ token: TokenFacts, of name: String, at now: Moment) -> Bool {
        guard let index = index(of: name) else { return false }
        let wasNeeded = signInIsNeeded(at: index, now)
        let old = sessions[index].token
        sessions[index].token = token
        guard wasNeeded, token != old, !signInIsNeeded(at: index, now) else { return false }
        sessions[index].record.failedSignIns = 0
        sessions[index].record.refusal = nil
        // Somebody's write took its time; that is no sign-in.
        if case .torn = old { return false }
        sessions[index].record.signedInAt = now.wall
        sessions[index].record.lastSignIn = .init(at: now.wall, result: "ok")
        return true
    }

    /// A sign-in is about to start. Save the state before starting it: a crash must not open a second tab.
    /// `isEarly` is as the plan's action has it, and false for a sign-in by hand.
    package mutating func signInBegan(session name: String, isAutomatic: Bool, isEarly: Bool = false, at now: Moment) {
        signIn = SignInInFlight(session: name, startedAt: now.wall, isAutomatic: isAutomatic, isEarly: isEarly)
        if isAutomatic {
            automaticSignIns = automaticSignIns.filter { $0 > now.wall - policy.budgetWindow } + [now.wall]
        }
        guard let index = index(of: name) else { return }
        // AWS answers a sign-in within a running session with that session: its start stays what it was.
        if !sessions[index].isRunning(at: now.wall) { sessions[index].record.signedInAt = nil }
        sessions[index].record.lastSignIn = .init(at: now.wall, result: "started")
        if isEarly {
            sessions[index].record.earlySignInFor = sessions[index].token.clocks?.expiresAt
        } else if isAutomatic {
            sessions[index].record.failedSignIns += 1
        }
    }

    /// The sign-in under way has ended with `ok`, or with a word for what went wrong, and the token file was read since.
    /// Tells whether it helped.
    @discardableResult
    package mutating func signInEnded(_ word: String, at now: Moment) -> Bool {
        guard let ended = signIn else { return false }
        signIn = nil
        guard let index = index(of: ended.session) else { return false }
        let helped = ended.isEarly ? earlySignInHelped(at: index) : !signInIsNeeded(at: index, now)
        var record = sessions[index].record
        if helped {
            record.signedInAt = ended.isEarly ? now.wall : record.signedInAt ?? now.wall
            record.failedSignIns = 0
            record.refusal = nil
        } else if !ended.isAutomatic {
            // The pauses begin again with the first: else the next one would start the moment this one was given up.
            record.failedSignIns = 1
        }
        let failure = word == "ok" ? "changed-nothing" : word
        record.lastSignIn = .init(at: now.wall, result: helped ? "ok" : failure)
        sessions[index].record = record
        return helped
    }

    /// Identity Center answers with the portal session that is running: then the new token ends when the old one did.
    private func earlySignInHelped(at index: Int) -> Bool {
        guard let old = sessions[index].record.earlySignInFor, let new = sessions[index].token.clocks else {
            return false
        }
        return new.hasRefreshToken || new.expiresAt.timeIntervalSince(old) > policy.expiryTolerance
    }

    /// Whether the plan would say that a sign-in is needed, one under way aside.
    private func signInIsNeeded(at index: Int, _ now: Moment) -> Bool {
        var facts = self
        facts.signIn = nil
        var session = sessions[index]
        session.isRefreshing = false
        session.refreshIsAsked = false
        let decision = SessionDecision(facts: facts, session: session, now: now, signInIsFree: true)
        return decision.plan().condition == .signInNeeded
    }

    private func index(of name: String) -> Int? { sessions.firstIndex { $0.session.name == name } }
}

extension SessionFacts {
    /// Whether the portal session is known to be running: a token of it still lives, and was not refused.
    fileprivate func isRunning(at now: Date) -> Bool {
        guard case .found(let clocks) = token else { return false }
        return clocks.expiresAt > now && record.refusal?.fingerprint != clocks.fingerprint
    }
}
