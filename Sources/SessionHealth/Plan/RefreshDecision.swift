import FoundationEssentials

/// When a token is refreshed, and when a failed refresh is retried.
extension SessionDecision {
    func refreshable(_ token: TokenClocks) -> SessionPlan {
        var plan = SessionPlan()
        let lastTry = session.lastTry.flatMap { $0.fingerprint == token.fingerprint ? $0 : nil }
        if let lastTry, case .offline(let reason) = lastTry.outcome {
            plan.condition = .offline
            plan.findings = [
                finding(
                    .offline, .warning, "the last refresh did not reach Identity Center (\(reason))",
                    fix:
                        "nothing to do, it is retried automatically; if this persists, check network, proxy and CA bundle"
                )
            ]
        }
        if let lastTry, case .failed(let reason) = lastTry.outcome {
            plan.condition = .misconfigured
            plan.findings = [finding(.refreshFailed, .error, reason, fix: "fix the file or folder named")]
        }
        if session.isRefreshing {
            plan.condition = max(plan.condition, .refreshing)
            return plan
        }
        if session.refreshIsAsked {
            plan.action = .refresh
            return waiting(token, plan)
        }
        // A failed refresh is retried even if it is not due: somebody may have asked for it.
        let due = lastTry == nil && !clockWentBack ? refreshDue(token) : now.wall
        guard now.wall >= due else {
            plan.next = .init(action: "refresh", at: due)
            plan.wake = Wake(wall: due)
            return plan
        }
        let earliest = earliestTry(lastTry)
        guard now.boot >= earliest else {
            plan.next = .init(action: "refresh", at: now.wall + (earliest - now.boot))
            plan.wake = Wake(boot: earliest)
            return waiting(token, plan)
        }
        plan.action = .refresh
        return waiting(token, plan)
    }

    /// For its turn among others, or for the next try: work fails meanwhile if the token has expired.
    private func waiting(_ token: TokenClocks, _ plan: SessionPlan) -> SessionPlan {
        var plan = plan
        if token.expiresAt <= now.wall { plan.condition = max(plan.condition, .refreshing) }
        return plan
    }

    /// `expiresAt` minus the lead time and the jitter. A token valid for less than twice the lead is refreshed
    /// half-way; otherwise each new one would be due at once.
    private func refreshDue(_ token: TokenClocks) -> Date {
        token.expiresAt - lead(policy.refreshAhead, of: token) * (1 + session.jitter / 20)
    }

    private func lead(_ ahead: TimeInterval, of token: TokenClocks) -> TimeInterval {
        let lifetime = token.expiresAt.timeIntervalSince(token.writtenAt)
        return lifetime > 0 ? min(ahead, lifetime / 2) : ahead
    }

    /// Whether the clock was set back since the last refresh: then the token expires earlier than its date says.
    private var clockWentBack: Bool {
        guard let last = session.lastTry, last.outcome.isSuccess else { return false }
        return last.at.wall.timeIntervalSince(now.wall) + (now.boot - last.at.boot) > policy.expiryTolerance
    }

    /// The instant on the boot clock before which this token is not tried again.
    private func earliestTry(_ lastTry: RefreshTry?) -> TimeInterval {
        guard let last = session.lastTry else { return now.boot }
        if last.outcome.isSuccess { return last.at.boot + policy.refreshInterval }
        guard let lastTry else { return now.boot }
        if let hint = facts.retryHint, hint > lastTry.startedAt { return lastTry.at.boot + policy.hintPause }
        var delay = policy.retryFirst
        for _ in 1..<max(lastTry.failures, 1) where delay < policy.retryMost { delay *= 2 }
        return lastTry.at.boot + min(delay, policy.retryMost) * (1 + 0.2 * lastTry.spread)
    }
}
