import FoundationEssentials

/// The plan for a token that cannot be refreshed: one sign-in before it expires, and one afterwards if that failed.
extension SessionDecision {
    func legacy(_ token: TokenClocks) -> SessionPlan {
        let isShort = token.expiresAt.timeIntervalSince(token.writtenAt) <= policy.legacyAhead
        let earlyAt = token.expiresAt - policy.legacyAhead
        let overAt = token.expiresAt + policy.endMargin
        let earlyIsSpent =
            session.record.earlySignInFor.map {
                abs($0.timeIntervalSince(token.expiresAt)) <= policy.expiryTolerance
            } ?? false

        if now.wall >= overAt { return signIn(because: "its token has expired") }
        if now.wall < earlyAt {
            let at = isShort || earlyIsSpent ? overAt : earlyAt
            return SessionPlan(next: ownSignIn(at: at), wake: Wake(wall: earlyAt))
        }
        var plan = SessionPlan(next: ownSignIn(at: overAt))
        if !earlyIsSpent, !isShort, now.wall < token.expiresAt {
            plan = signIn(because: "its token expires soon and cannot be refreshed", isEarly: true)
        }
        plan.condition = .expiring
        plan.wake.sooner(Wake(wall: overAt))
        return plan
    }

    /// The sign-in that will start automatically at that time, if somebody is there.
    private func ownSignIn(at date: Date) -> SessionPlan.Next? {
        guard policy.signIn == .auto, case .approved = session.command else { return nil }
        return .init(action: "sign-in", at: date)
    }

    func legacyFinding(_ token: TokenClocks) -> Finding {
        let end = "its token cannot be refreshed and expires at \(Timestamp.format(token.expiresAt))"
        guard session.session.kind == .ssoSession else {
            return Finding(
                .legacyProfile, .warning, subject: profile,
                message: "profile \(profile) uses the legacy SSO configuration: \(end)",
                fix: "bedrock-agent migrate --profile \(ShellWords.quoted(profile))")
        }
        let message =
            session.session.hasAccountScope
            ? "Identity Center issued no refresh token: \(end)"
            : "[sso-session \(session.session.name)] lacks sso_registration_scopes = sso:account:access: \(end)"
        return Finding(
            .noRefreshToken, .warning, subject: session.session.name, message: message,
            fix: session.session.hasAccountScope
                ? AuthRefresh.login(as: profile)
                : "bedrock-agent migrate --profile \(ShellWords.quoted(profile))")
    }
}

/// The plan for an `aws login`: the AWS tools renew its credentials when they use them, whose refresh token each of them
/// replaces. A second one that renews beside them would make theirs invalid, so this only knows when a person is needed.
extension SessionDecision {
    func login(_ token: TokenClocks) -> SessionPlan {
        let end = token.loginEnd(session.record)
        guard now.wall < end else { return signIn(because: "its aws login has ended, after 12 hours") }
        let warnAt = end - policy.legacyAhead
        var plan = SessionPlan(next: .init(action: "sign-in", at: end))
        guard now.wall >= warnAt else {
            plan.wake = Wake(wall: warnAt)
            return plan
        }
        plan.condition = .expiring
        plan.wake = Wake(wall: end)
        plan.findings = [
            finding(
                .signInSoon, .warning, "\(session.session.name): its aws login ends at \(Timestamp.format(end))",
                fix: loginCommand)
        ]
        return plan
    }
}

extension TokenClocks {
    /// For so long the AWS tools renew the credentials of an `aws login`.
    static let loginLifetime: TimeInterval = 12 * 3600

    /// When an `aws login` ends at the latest: counted from its beginning if that was seen, else from the last renewal.
    func loginEnd(_ record: SessionRecord) -> Date {
        let began = record.login.flatMap { $0.fingerprint == login ? $0.at : nil }
        return (began ?? writtenAt) + Self.loginLifetime
    }
}
