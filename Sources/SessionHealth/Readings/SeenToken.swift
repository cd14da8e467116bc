import FoundationEssentials

extension SessionFacts {
    /// Carries over what this process knows about the session after its files were read again.
    package mutating func keep(from known: SessionFacts) {
        token = known.token
        tokenWasRead = known.tokenWasRead
        jitter = known.jitter
        isRefreshing = known.isRefreshing
        isSigningInElsewhere = known.isSigningInElsewhere
        refreshIsAsked = known.refreshIsAsked
        lastTry = known.lastTry
        record = known.record
    }

    /// Records what the token file contains now. A valid token after the session had ended means a sign-in by hand:
    /// nothing else could have created it. While a sign-in of ours is under way, this is judged when it ends.
    package mutating func note(_ seen: TokenFacts, at now: Date, signInIsOurs: Bool) {
        let before = token
        let isFirst = !tokenWasRead
        token = seen
        tokenWasRead = true
        // What was asked for was a refresh of the one that is gone, and not of what a sign-in writes next.
        if seen == .absent { refreshIsAsked = false }
        if case .found(let clocks) = seen, let login = clocks.login {
            let began = !isFirst && (before == .absent || before.clocks.map { $0.login != login } ?? false)
            guard record.login?.fingerprint != login, began || before.clocks?.login != login else { return }
            return noteLogin(login, clocks, began: began, signInIsOurs: signInIsOurs)
        }
        guard case .found(let clocks) = seen, !signInIsOurs, clocks.works(at: now) else { return }
        // A file that was never seen complete proves nothing by becoming so.
        let wasUnknown = before.clocks == nil && before != .absent
        if isFirst || wasUnknown { return forgetStaleRefusal(clocks) }
        guard clocks.fingerprint != before.clocks?.fingerprint, hadEnded(before, clocks, at: now) else { return }
        record.signedInAt = now
        record.lastSignIn = .init(at: now, result: "ok")
        record.failedSignIns = 0
        record.refusal = nil
    }

    /// When an `aws login` began is in no file: it is known of one that began before our eyes.
    private mutating func noteLogin(_ login: String, _ clocks: TokenClocks, began: Bool, signInIsOurs: Bool) {
        record.login = began ? .init(fingerprint: login, at: clocks.writtenAt) : nil
        record.signedInAt = record.login?.at
        guard !signInIsOurs else { return }
        record.failedSignIns = 0
        if began { record.lastSignIn = .init(at: clocks.writtenAt, result: "ok") }
    }

    /// Somebody signed in while no daemon was running.
    private mutating func forgetStaleRefusal(_ clocks: TokenClocks) {
        guard record.refusal?.fingerprint != clocks.fingerprint else { return }
        record.refusal = nil
        record.failedSignIns = 0
    }

    /// Whether only a sign-in can explain the change from one token to the other, and not a refresh by another tool.
    private func hadEnded(_ before: TokenFacts, _ after: TokenClocks, at now: Date) -> Bool {
        guard let old = before.clocks else { return true }
        if let refusal = record.refusal, refusal.fingerprint == old.fingerprint {
            // The cause of any other refusal may have been fixed.
            if case .refused = refusal.outcome { return false }
            return true
        }
        return old.hasRefreshToken
            ? !old.isRefreshable(at: now) : old.expiresAt <= now || after.expiresAt > old.expiresAt
    }
}

extension TokenClocks {
    /// Whether no sign-in is needed with it.
    fileprivate func works(at now: Date) -> Bool { hasRefreshToken ? isRefreshable(at: now) : expiresAt > now }
}
