import FoundationEssentials
import Host
import SessionHealth

/// The sessions: their tokens, and when each expires.
struct SessionChecks {
    let examination: Examination

    func checks() -> [Check] {
        examination.checks(in: .session) + examination.facts.sessions.flatMap(clocks)
    }

    private func clocks(_ session: SessionFacts) -> [Check] {
        let name = session.session.name
        guard let token = session.token.clocks else { return [] }
        let now = examination.now.wall
        let isRefreshable = token.isRefreshable(at: now)
        var checks: [Check] = []
        if token.expiresAt > now {
            let what = isRefreshable ? ", can be refreshed" : ""
            checks.append(
                Check(.accessToken, pass: name, "\(name): token valid until \(local(token.expiresAt))\(what)")
            )
        } else if isRefreshable {
            checks.append(
                Check(
                    .accessTokenEnded, .warning, name,
                    "\(name): the token expired at \(local(token.expiresAt)) and was not refreshed",
                    fix: AuthRefresh.login(as: session.profiles.first ?? name)))
        }
        if let end = token.registrationExpiresAt, end > now {
            checks.append(
                Check(.registration, pass: name, "\(name): client registration valid until \(local(end))"))
        }
        return checks
    }

    private func local(_ date: Date) -> String { LocalTime.text(date, now: examination.now.wall) }
}
