import FoundationEssentials

extension SessionFacts {
    /// Whether a sign-in would fail with the cached registration: it is damaged, expired, or no longer accepted.
    package func registrationIsBad(at now: Date) -> Bool {
        if registration == .damaged { return true }
        let token = token.clocks
        if let refusal = record.refusal, case .registrationRefused = refusal.outcome,
            token == nil || token?.fingerprint == refusal.fingerprint
        {
            return true
        }
        return token.map { $0.hasRefreshToken && !$0.isRefreshable(at: now) } ?? false
    }
}

/// Warnings before the client registration expires.
extension SessionDecision {
    /// When the registration expires, or the next warning is due.
    var registrationWake: Wake {
        guard let token = session.token.clocks, token.hasRefreshToken, let end = token.registrationExpiresAt else {
            return Wake()
        }
        let left = end.timeIntervalSince(now.wall)
        return Wake(wall: (Policy.registrationWarnings + [0]).filter { $0 < left }.max().map { end - $0 })
    }

    func registrationFinding(_ token: TokenClocks) -> Finding? {
        guard token.hasRefreshToken, let end = token.registrationExpiresAt, end > now.wall else { return nil }
        let left = end.timeIntervalSince(now.wall)
        guard let span = Policy.registrationWarnings.filter({ left <= $0 }).min() else { return nil }
        let days = Int(span / 86400)
        return finding(
            days == 1 ? .registrationEndsTomorrow : .registrationEnds, .warning,
            "its client registration expires within \(days == 1 ? "a day" : "\(days) days"),"
                + " at \(Timestamp.format(end)); you must then sign in again",
            // The AWS CLI reuses its cached registration until the last quarter of an hour.
            fix: "rm -f ~/.aws/sso/cache/\(session.session.registrationFileName)"
                + " && \(AuthRefresh.login(as: profile))")
    }
}
