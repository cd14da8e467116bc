import FoundationEssentials

/// The plan of one session: which of the policy's rows (README, "what it does when") is true.
struct SessionDecision {
    let facts: Facts
    let session: SessionFacts
    let now: Moment
    /// No sign-in is under way, and none was decided for another session in this plan.
    let signInIsFree: Bool

    var policy: Policy { facts.policy }

    func plan() -> SessionPlan {
        let isSigningIn = facts.signIn?.session == session.session.name
        var plan = isSigningIn ? SessionPlan(condition: .signingIn) : decide()
        plan.registrationIsBad = registrationIsBad
        plan.findings = standingFindings + plan.findings
        plan.wake.sooner(registrationWake)
        return plan
    }

    private func decide() -> SessionPlan {
        switch session.token {
        case .absent:
            return signIn(because: "no token for it is in the cache", asksOnce: true)
        case .unreadable(let reason):
            return SessionPlan(
                condition: .misconfigured,
                findings: [
                    finding(
                        "token-unreadable", .error, reason,
                        fix: "chmod u+rw ~/.aws/sso/cache/\(session.session.tokenFileName)")
                ],
                // Whoever wakes up reads it again; a change of its mode may come unseen.
                wake: Wake(boot: now.boot + policy.retryMost))
        case .torn(let since, let reason, let last):
            return torn(since: since, reason: reason, last: last)
        case .found(let token):
            return found(token)
        }
    }

    private func torn(since: TimeInterval, reason: String, last: TokenClocks?) -> SessionPlan {
        guard now.boot - since >= policy.tornPatience else {
            // Whoever wakes up reads a torn file again.
            var plan = last.map(found) ?? SessionPlan(condition: .refreshing)
            plan.action = nil
            plan.wake.sooner(Wake(boot: now.boot + policy.tornRetry))
            return plan
        }
        var plan = signIn(because: "its token file is damaged")
        plan.findings.insert(
            finding(
                "token-damaged", .error, "~/.aws/sso/cache/\(session.session.tokenFileName): \(reason)",
                fix: "bedrock-agent login --profile \(profile)"),
            at: 0)
        return plan
    }

    private func found(_ token: TokenClocks) -> SessionPlan {
        let isRefreshable = token.isRefreshable(at: now.wall)
        if isRefreshable, session.isRefreshing || session.refreshIsAsked { return refreshable(token) }
        if let refusal = session.record.refusal, refusal.fingerprint == token.fingerprint { return refused(refusal) }
        if !token.hasRefreshToken { return legacy(token) }
        if isRefreshable { return refreshable(token) }
        return signIn(
            because: token.hasClient && token.registrationExpiresAt != nil
                ? "its client registration has ended" : "its token file names no client registration")
    }

    private func refused(_ refusal: SessionRecord.Refusal) -> SessionPlan {
        switch refusal.outcome {
        case .registrationRefused(let error):
            return signIn(because: "the service no longer accepts its client (\(error))")
        case .refused(let error, let description):
            let said = description.isEmpty ? error : "\(error): \(description)"
            return SessionPlan(
                condition: .misconfigured,
                findings: [
                    finding(
                        "refresh-refused", .error, "Identity Center refused the refresh (\(said))",
                        fix: "mend what it names, then systemctl --user reload bedrock-agent")
                ])
        default:
            return signIn(because: "Identity Center has ended the session")
        }
    }

    // MARK: The silent refresh

    private func refreshable(_ token: TokenClocks) -> SessionPlan {
        var plan = SessionPlan()
        let lastTry = session.lastTry.flatMap { $0.fingerprint == token.fingerprint ? $0 : nil }
        if let lastTry, case .offline(let reason) = lastTry.outcome {
            plan.condition = .offline
            plan.findings = [
                finding(
                    "offline", .warning, "the last refresh did not reach Identity Center (\(reason))",
                    fix: "nothing to do: it tries again by itself; check network, proxy and CA bundle if it stays")
            ]
        }
        if let lastTry, case .failed(let reason) = lastTry.outcome {
            plan.condition = .misconfigured
            plan.findings = [finding("refresh-failed", .error, reason, fix: "mend the file or folder that it names")]
        }
        if session.isRefreshing {
            plan.condition = max(plan.condition, .refreshing)
            return plan
        }
        if session.refreshIsAsked {
            plan.action = .refresh
            return plan
        }
        // A try that did not work goes on, due or not: it may have been asked for.
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
            return plan
        }
        plan.action = .refresh
        return plan
    }

    /// `expiresAt` less the lead time and the jitter. A token that was good for less than twice the lead is refreshed
    /// half-way: else each new one would be due at once.
    private func refreshDue(_ token: TokenClocks) -> Date {
        token.expiresAt - lead(policy.refreshAhead, of: token) * (1 + session.jitter / 20)
    }

    private func lead(_ ahead: TimeInterval, of token: TokenClocks) -> TimeInterval {
        let lifetime = token.expiresAt.timeIntervalSince(token.writtenAt)
        return lifetime > 0 ? min(ahead, lifetime / 2) : ahead
    }

    /// Whether the clock was set back since the last refresh: then the token ends before its date says.
    private var clockWentBack: Bool {
        guard let last = session.lastTry, last.outcome.isSuccess else { return false }
        return last.at.wall.timeIntervalSince(now.wall) + (now.boot - last.at.boot) > policy.expiryTolerance
    }

    /// The instant on the boot clock before which this token is not tried again.
    private func earliestTry(_ lastTry: RefreshTry?) -> TimeInterval {
        guard let last = session.lastTry else { return now.boot }
        if last.outcome.isSuccess { return last.at.boot + policy.refreshInterval }
        guard let lastTry else { return now.boot }
        if let hint = facts.retryHint, hint > lastTry.startedAt { return now.boot }
        var delay = policy.retryFirst
        for _ in 1..<max(lastTry.failures, 1) where delay < policy.retryMost { delay *= 2 }
        return lastTry.at.boot + min(delay, policy.retryMost) * (1 + 0.2 * lastTry.spread)
    }

    // MARK: A token without refresh

    private func legacy(_ token: TokenClocks) -> SessionPlan {
        let isShort = token.expiresAt.timeIntervalSince(token.writtenAt) <= policy.legacyAhead
        let earlyAt = token.expiresAt - policy.legacyAhead
        let overAt = token.expiresAt + policy.endMargin
        let earlyIsSpent =
            session.record.earlySignInFor.map {
                abs($0.timeIntervalSince(token.expiresAt)) <= policy.expiryTolerance
            } ?? false

        if now.wall >= overAt { return signIn(because: "its token has ended") }
        if now.wall < earlyAt {
            let at = isShort || earlyIsSpent ? overAt : earlyAt
            return SessionPlan(next: ownSignIn(at: at), wake: Wake(wall: earlyAt))
        }
        var plan = SessionPlan(next: ownSignIn(at: overAt))
        if !earlyIsSpent, !isShort, now.wall < token.expiresAt {
            plan = signIn(because: "its token ends soon and cannot be refreshed", isEarly: true)
        }
        plan.condition = .expiring
        plan.wake.sooner(Wake(wall: overAt))
        return plan
    }

    /// A sign-in that will start by itself at that time, if somebody is there.
    private func ownSignIn(at date: Date) -> SessionPlan.Next? {
        guard policy.signIn == .auto, case .approved = session.command else { return nil }
        return .init(action: "sign-in", at: date)
    }

    // MARK: What holds whatever happens next

    /// Said also during a sign-in: a warning that comes and goes would be told twice.
    private var standingFindings: [Finding] {
        var findings: [Finding] = []
        if let token = session.token.clocks {
            if !token.hasRefreshToken { findings.append(legacyFinding(token)) }
            if let warning = registrationFinding(token) { findings.append(warning) }
        }
        switch session.command {
        case .approved, .missing: break
        case .unapproved(let text):
            findings.append(
                finding(
                    "command-unapproved", .warning, "awsAuthRefresh is not what you approved, and is not run: \(text)",
                    fix: "bedrock-agent approve"))
        case .untrusted(let reason):
            findings.append(
                finding(
                    "command-untrusted", .warning, "awsAuthRefresh is not run: \(reason)",
                    fix: "mend that file, then bedrock-agent approve"))
        }
        return findings
    }

    private func legacyFinding(_ token: TokenClocks) -> Finding {
        let end = "its token cannot be refreshed and ends at \(Timestamp.format(token.expiresAt))"
        guard session.session.kind == .ssoSession else {
            return Finding(
                "legacy-profile", .warning, subject: profile,
                message: "profile \(profile) signs in the legacy way: \(end)",
                fix: "aws configure sso --profile \(profile)  (and give it an SSO session name)")
        }
        let message =
            session.session.hasAccountScope
            ? "Identity Center gave no refresh token: \(end)"
            : "[sso-session \(session.session.name)] lacks sso_registration_scopes = sso:account:access: \(end)"
        return Finding(
            "no-refresh-token", .warning, subject: session.session.name, message: message,
            fix: session.session.hasAccountScope
                ? "bedrock-agent login --profile \(profile)"
                : "add that line to the section, then bedrock-agent login --profile \(profile)")
    }

    // MARK: The client registration

    /// Whether a sign-in would stumble over the cached registration: it is damaged, ended, or no longer accepted.
    var registrationIsBad: Bool {
        if session.registration == .damaged { return true }
        let token = session.token.clocks
        if let refusal = session.record.refusal, case .registrationRefused = refusal.outcome,
            token == nil || token?.fingerprint == refusal.fingerprint
        {
            return true
        }
        return token.map { $0.hasRefreshToken && !$0.isRefreshable(at: now.wall) } ?? false
    }

    /// When the registration's end, or a warning of it, comes next.
    private var registrationWake: Wake {
        guard let token = session.token.clocks, token.hasRefreshToken, let end = token.registrationExpiresAt else {
            return Wake()
        }
        let left = end.timeIntervalSince(now.wall)
        return Wake(wall: (Policy.registrationWarnings + [0]).filter { $0 < left }.max().map { end - $0 })
    }

    private func registrationFinding(_ token: TokenClocks) -> Finding? {
        guard token.hasRefreshToken, let end = token.registrationExpiresAt, end > now.wall else { return nil }
        let left = end.timeIntervalSince(now.wall)
        guard let span = Policy.registrationWarnings.filter({ left <= $0 }).min() else { return nil }
        let days = Int(span / 86400)
        return finding(
            days == 1 ? "registration-ends-tomorrow" : "registration-ends", .warning,
            "its client registration ends within \(days == 1 ? "a day" : "\(days) days"),"
                + " at \(Timestamp.format(end)); a sign-in is needed then",
            fix: "bedrock-agent login --profile \(profile), when it suits you")
    }

    // MARK: Words

    var profile: String { session.profiles.first ?? session.session.name }

    func finding(_ code: String, _ severity: Finding.Severity, _ message: String, fix: String) -> Finding {
        Finding(code, severity, subject: session.session.name, message: message, fix: fix)
    }
}
