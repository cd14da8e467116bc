import FoundationEssentials

/// `status` for people: the answer first, then each session, then what is wrong and its fix.
package struct StatusText {
    package let status: Status
    package let now: Date
    /// Local time of day, with the day where it is not today's.
    package let local: (Date) -> String
    /// The command that starts the daemon.
    private let start: () -> String

    package init(
        _ status: Status, now: Date,
        start: @autoclosure @escaping () -> String = "systemctl --user start bedrock-agent",
        local: @escaping (Date) -> String
    ) {
        self.status = status
        self.now = now
        self.start = start
        self.local = local
    }

    package var text: String {
        var lines = [answer]
        // Before setup there is nothing for it to do.
        if !status.daemon.running, status.claude.usesBedrock || !status.sessions.isEmpty {
            let hasFailed = status.findings.contains { $0.code == .serviceFailed }
            let fix = hasFailed ? "See below" : "To start it: \(start())"
            lines.append("(The daemon is not running; this was read from disk. \(fix))")
        }
        lines += claude
        for session in status.sessions {
            lines.append("")
            lines += block(session)
        }
        if !status.findings.isEmpty { lines.append("") }
        for finding in status.findings {
            lines.append("\(finding.severity.rawValue): \(Self.localized(finding.message, local))")
            lines.append("  fix: \(finding.fix)")
        }
        return lines.map(\.printable).joined(separator: "\n") + "\n"
    }

    /// The first line.
    private var answer: String {
        let word = status.condition.rawValue
        guard let session = status.sessions.first(where: { $0.condition == status.condition }) ?? status.sessions.first
        else { return "\(word): \(status.findings.first?.message ?? "no session to guard")" }
        let who = session.profiles.first ?? session.name
        let isLogin = session.kind == SSOSession.Kind.login.rawValue
        switch status.condition {
        case .healthy where isLogin:
            return "\(word): \(who) is signed in by aws login until \(time(session.next?.at)) at the latest"
        case .expiring where isLogin: return "\(word): the aws login of \(who) ends at \(time(session.next?.at))"
        case .healthy where session.refreshable, .refreshing where session.refreshable:
            let verb = status.daemon.running ? "is" : "can be"
            return "\(word): \(who) \(verb) refreshed automatically; \(forecast(session))"
        case .healthy, .refreshing:
            return "\(word): \(who) is signed in until \(time(session.accessTokenExpiresAt))"
        case .expiring:
            return "\(word): \(who) expires at \(time(session.accessTokenExpiresAt)) and cannot be refreshed"
        case .offline:
            let isOver = session.accessTokenExpiresAt.map { $0 <= now } ?? true
            return "\(word): cannot reach Identity Center for \(who); its token"
                + " \(isOver ? "expired at" : "is valid until") \(time(session.accessTokenExpiresAt))"
        case .signingIn:
            return
                "\(word): \(who) is waiting for you to sign in\(session.signIn?.url.map { " at \($0)" } ?? " in the browser")"
                + (session.signIn?.code.map { " (code \($0))" } ?? "")
        case .signInNeeded:
            return "\(word): sign in to \(who) with \(session.loginCommand)"
        case .unguarded, .misconfigured:
            return "\(word): \(reason?.message ?? who)"
        }
    }

    /// The finding that the condition is about: the worst, and of those the first.
    private var reason: Finding? {
        let unguarded = status.condition == .unguarded ? status.findings.first { $0.code == .unguarded } : nil
        return unguarded
            ?? status.findings.reduce(nil) { worst, next in (worst?.severity ?? .info) < next.severity ? next : worst }
    }

    private func forecast(_ session: Status.Session) -> String {
        guard let usual = session.usualLifetime, let since = session.signedInAt else {
            return "the next sign-in cannot be predicted yet"
        }
        let end = since + TimeInterval(usual)
        let span = "usually \(TimeSpan.roughWords(seconds: usual))"
        return end > now
            ? "no sign-in expected before \(local(end)) (\(span))" : "a sign-in may be needed at any time (\(span))"
    }

    /// What Claude Code uses.
    private var claude: [String] {
        let claude = status.claude
        guard claude.usesBedrock else { return [] }
        let used = [claude.profile, claude.region, claude.model].compactMap(\.self)
        return [
            "", "Claude Code", row("uses", used.joined(separator: ", ")),
            row("signs in with", claude.awsAuthRefresh.map(CommandMask.shown) ?? "nothing: awsAuthRefresh is not set"),
        ]
    }

    private func row(_ label: String, _ value: String) -> String {
        "  " + label + String(repeating: " ", count: max(1, 15 - label.count)) + value
    }

    private func block(_ session: Status.Session) -> [String] {
        let origin = [session.kind, session.startUrl].filter { !$0.isEmpty }.joined(separator: ", ")
        var lines = ["\(session.name)  \(session.condition.rawValue)  (\(origin))"]
        func line(_ label: String, _ value: String?) { value.map { lines.append(row(label, $0)) } }
        line("profiles", session.profiles.joined(separator: ", "))
        func end(_ date: Date) -> String {
            "\(date > now ? "until" : "expired at") \(local(date)) (\(span(to: date)))"
        }
        if session.kind == SSOSession.Kind.login.rawValue {
            line("credentials", session.accessTokenExpiresAt.map { "\(end($0)); the AWS tools renew them" } ?? "none")
        } else {
            line("access token", session.accessTokenExpiresAt.map(end) ?? "none")
        }
        line("registration", session.registrationExpiresAt.map(end))
        line("signed in", session.signedInAt.map(local))
        line("next", session.next.map { "\($0.action) at \(local($0.at)) (\(span(to: $0.at)))" })
        line("last refresh", session.lastRefresh.map { "\($0.result) at \(local($0.at))" })
        line("last sign-in", session.lastSignIn.map { "\($0.result) at \(local($0.at))" })
        if let signIn = session.signIn {
            line("signing in", "since \(local(signIn.startedAt))")
            line("  open", signIn.url)
            line("  code", signIn.code)
        }
        return lines
    }

    /// Findings name times in UTC, for every reader; here they are local like all others.
    package static func localized(_ message: String, _ local: (Date) -> String) -> String {
        message.split(separator: " ", omittingEmptySubsequences: false).map { word in
            let end = word.lastIndex(of: "Z").map(word.index(after:)) ?? word.startIndex
            guard let date = try? Timestamp.parse(String(word[..<end])) else { return String(word) }
            return local(date) + word[end...]
        }.joined(separator: " ")
    }

    private func time(_ date: Date?) -> String { date.map(local) ?? "an unknown time" }

    private func span(to date: Date) -> String {
        let seconds = Int(date.timeIntervalSince(now).rounded())
        let text = TimeSpan.words(seconds: abs(seconds))
        return seconds >= 0 ? "in \(text)" : "\(text) ago"
    }
}
