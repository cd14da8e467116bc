import FoundationEssentials

/// The plan for one session: decides which row of the table "What it does when" in README applies.
struct SessionDecision {
    let facts: Facts
    let session: SessionFacts
    let now: Moment
    /// No sign-in is under way, and this plan starts none for another session.
    let signInIsFree: Bool

    var policy: Policy { facts.policy }

    func plan() -> SessionPlan {
        let isSigningIn = facts.waitingSignIn(to: session.session.name) != nil
        var plan = isSigningIn ? SessionPlan(condition: .signingIn) : decide()
        plan.registrationIsBad = session.registrationIsBad(at: now.wall)
        plan.findings = standingFindings + plan.findings
        plan.wake.sooner(registrationWake)
        if !isSigningIn, plan.need == nil { offerRenewal(in: &plan) }
        return plan
    }

    private func decide() -> SessionPlan {
        switch session.token {
        case .absent:
            let reason =
                session.session.kind == .login
                ? "nobody is signed in by aws login" : "there is no token for it in the cache"
            return signIn(because: reason, mayBeMeant: true)
        case .unreadable(let file):
            return SessionPlan(
                condition: .misconfigured,
                findings: [finding(.tokenUnreadable, .error, "\(file)", fix: file.fix)],
                // It is read again at each wake-up; a change of its mode may go unnoticed.
                wake: Wake(boot: now.boot + policy.retryMost))
        case .unread(let file, let since, let last):
            return unread(file, since: since, last: last)
        case .torn(let since, _, let last):
            return torn(since: since, last: last)
        case .found(let token):
            return found(token)
        }
    }

    /// What was read last counts, but for a sign-in: somebody may have signed in since.
    private func unread(_ file: UnreadableFile, since: TimeInterval, last: TokenClocks?) -> SessionPlan {
        var plan = last.map(found) ?? SessionPlan(condition: .misconfigured)
        if plan.need != nil { plan = SessionPlan(condition: .misconfigured) }
        plan.findings.append(finding(.tokenUnreadable, .warning, "\(file)", fix: file.fix))
        plan.wake.sooner(Wake(boot: policy.nextReading(since: since, at: now.boot)))
        return plan
    }

    private func torn(since: TimeInterval, last: TokenClocks?) -> SessionPlan {
        guard isDamaged(since) else {
            // A torn file is read again at each wake-up.
            var plan = last.map(found) ?? SessionPlan(condition: .refreshing)
            plan.action = nil
            plan.wake.sooner(Wake(boot: now.boot + policy.tornRetry))
            return plan
        }
        return signIn(because: "its token file is damaged")
    }

    /// Torn for so long that it is no longer being written.
    private func isDamaged(_ since: TimeInterval) -> Bool { now.boot - since >= policy.tornPatience }

    private func found(_ token: TokenClocks) -> SessionPlan {
        if session.session.kind == .login { return login(token) }
        let isRefreshable = token.isRefreshable(at: now.wall)
        if isRefreshable, session.isRefreshing || session.refreshIsAsked { return refreshable(token) }
        if let refusal = session.record.refusal, refusal.fingerprint == token.fingerprint { return refused(refusal) }
        if !token.hasRefreshToken { return legacy(token) }
        if isRefreshable { return refreshable(token) }
        return signIn(
            because: token.hasClient && token.registrationExpiresAt != nil
                ? "its client registration has expired" : "its token file contains no client registration")
    }

    private func refused(_ refusal: SessionRecord.Refusal) -> SessionPlan {
        switch refusal.outcome {
        case .registrationRefused(let error):
            return signIn(because: "the service no longer accepts its client registration (\(error))")
        case .refused(let error, let description):
            let said = description.isEmpty ? error : "\(error): \(description)"
            return SessionPlan(
                condition: .misconfigured,
                findings: [
                    finding(
                        .refreshRefused, .error, "Identity Center refused the refresh (\(said))",
                        fix: "fix what the message names, then run systemctl --user reload bedrock-agent")
                ])
        default:
            return signIn(because: "Identity Center has ended the session")
        }
    }

    // MARK: What holds whatever happens next

    /// Kept during a sign-in, too: a warning that comes and goes would be reported twice.
    private var standingFindings: [Finding] {
        var findings: [Finding] = []
        if case .torn(let since, let reason, _) = session.token, isDamaged(since) {
            let name = session.session.tokenFileName
            let path = session.session.kind == .login ? name : "~/.aws/sso/cache/\(name)"
            findings.append(finding(.tokenDamaged, .error, "\(path): \(reason)", fix: loginCommand))
        }
        if let token = session.token.clocks {
            if !token.hasRefreshToken, session.session.kind != .login { findings.append(legacyFinding(token)) }
            if let warning = registrationFinding(token) { findings.append(warning) }
        }
        switch session.command {
        case .approved, .missing: break
        // The settings may be those from before a write that is under way.
        case .unapproved where facts.settingsDoubtfulSince != nil: break
        case .unapproved(let text):
            findings.append(
                finding(
                    .commandUnapproved, .warning,
                    "awsAuthRefresh has not been approved, and is not run: \(CommandMask.spelledOut(text))",
                    fix: fix("bedrock-agent approve")))
        case .untrusted(let reason, let remedy):
            findings.append(
                finding(
                    .commandUntrusted, .warning, "awsAuthRefresh is not run: \(reason)",
                    fix: fix(remedy)))
        }
        return findings
    }

    // MARK: Words

    /// As it is to be run for the folder that led to the session.
    private func fix(_ fix: String) -> String {
        session.claudeFolder.map { ClaudeFacts.fix(fix, in: $0) } ?? fix
    }

    var profile: String { session.profiles.first ?? session.session.name }

    func finding(_ code: Finding.Code, _ severity: Finding.Severity, _ message: String, fix: String) -> Finding {
        Finding(code, severity, subject: session.session.name, message: message, fix: fix)
    }
}
