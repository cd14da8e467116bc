import Glibc
import Host
import SessionHealth

/// Claude Code's profile: its kind, and the session it leads to.
struct ProfileChecks {
    let examination: Examination

    func checks() -> [Check] {
        let found = examination.checks(in: .profile)
        guard examination.settings.usesBedrock.value else { return found }
        switch examination.kind {
        case nil: return found
        case .unguarded(let why): return found + [elsewhere(why)]
        case .sso(let profile): return found + [way(of: profile)] + sessionChecks(profile)
        }
    }

    /// Credentials that are not of a session are not tried: that could run a command, or ask for a code.
    private func elsewhere(_ why: Unguarded) -> Check {
        if case .webIdentity(let path) = why.source, access(path, R_OK) != 0 {
            return Check(
                .credentialsMissing, .failure, why.profile,
                "\(why), and \(path) cannot be read: \(SystemError("read", path).reason)",
                fix: "correct \(why.place.map { "\($0)" } ?? "it"); to use another profile: bedrock-agent setup")
        }
        let profile = ShellWords.quoted(examination.settings.profile.value)
        return Check(
            .profile, pass: why.profile,
            "\(why). Whether that works is not tried here; to try it: aws sts get-caller-identity --profile \(profile)")
    }

    private func way(of profile: ResolvedProfile) -> Check {
        let steps = (profile.chain + [profile.session.name]).joined(separator: " → ")
        return Check(
            .profile, pass: profile.name,
            "profile \(steps) (\(profile.session.kind.rawValue)), role \(profile.roleName) in account"
                + " \(profile.accountID)")
    }

    private func sessionChecks(_ profile: ResolvedProfile) -> [Check] {
        let session = profile.session
        switch session.kind {
        case .login: return []
        case .legacy:
            // Once there is a token, the plan reports this, with its expiry.
            guard !examination.has(.legacyProfile), let last = profile.chain.last else { return [] }
            return [
                Check(
                    .legacyProfile, .warning, last,
                    "profile \(last) uses the legacy SSO configuration: its tokens expire after 8 hours and cannot be refreshed",
                    fix: "bedrock-agent migrate --profile \(ShellWords.quoted(last))")
            ]
        case .ssoSession:
            if session.hasAccountScope {
                let scope = SSOSession.accountScope
                return [Check(.scope, pass: session.name, "[sso-session \(session.name)] requests \(scope)")]
            }
            // AWS CLI 2.22 and later request it by default; a refreshable token shows that.
            let token = examination.facts.sessions.first { $0.session == session }?.token.clocks
            if token?.hasRefreshToken == true || examination.has(.noRefreshToken) { return [] }
            return [
                Check(
                    .scopeMissing, .warning, session.name,
                    "[sso-session \(session.name)] has no sso_registration_scopes: its tokens may not be refreshable",
                    fix: "add sso_registration_scopes = \(SSOSession.accountScope) to [sso-session"
                        + " \(session.name)] in \(examination.files.paths[0])")
            ]
        }
    }
}
