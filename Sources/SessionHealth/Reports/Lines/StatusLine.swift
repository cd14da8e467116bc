import FoundationEssentials

/// `status` in one short line, for a status bar: who, how they are, and the command where one helps.
package struct StatusLine {
    private let status: Status
    private let local: (Date) -> String

    /// - Parameter local: local time of day, with the day where it is not today's.
    package init(_ status: Status, local: @escaping (Date) -> String) {
        self.status = status
        self.local = local
    }

    package var text: String {
        let warnings = status.findings.count { $0.severity > .info }
        var text = "\(who) \(state)"
        if !status.daemon.running {
            text += " (daemon stopped)"
        } else if status.condition <= .refreshing, warnings > 0 {
            text += ", \(warnings) warning\(warnings == 1 ? "" : "s"): bedrock-agent status"
        }
        return text.printable
    }

    /// What Waybar takes: the line, what is shown above it, and a class for its style sheet.
    /// - Parameter now: for what is shown above it.
    package func waybar(now: Date) -> [UInt8] {
        let details = StatusText(status, now: now, local: local).text
        return JSONCoding.encode([
            "text": text, "tooltip": details.hasSuffix("\n") ? String(details.dropLast()) : details,
            "class": status.condition.rawValue, "alt": status.condition.rawValue,
        ])
    }

    private var session: Status.Session? {
        status.sessions.first { $0.condition == status.condition } ?? status.sessions.first
    }

    /// Where no session is as bad as that, it is about Claude Code, or about a profile that cannot be guarded.
    private var who: String {
        let isOfASession = status.sessions.contains { $0.condition == status.condition }
        switch status.condition {
        case .unguarded where !isOfASession, .misconfigured where !isOfASession:
            if !status.sessions.isEmpty { return "Claude Code" }
            guard !status.claude.usesBedrock, let worst = status.findings.first(where: { $0.severity > .info })
            else { return status.claude.profile ?? "AWS" }
            return worst.subject
        default: return session.map { $0.profiles.first ?? $0.name } ?? status.claude.profile ?? "AWS"
        }
    }

    private var command: String { session?.loginCommand ?? AuthRefresh.login(as: who) }

    private var state: String {
        switch status.condition {
        case .healthy, .refreshing: "ok"
        case .expiring: "ends \((session?.endsAt).map(local) ?? "soon"): \(command)"
        case .offline: "offline"
        case .signingIn: session?.signIn?.code.map { "sign-in: confirm \($0)" } ?? "sign-in under way"
        case .signInNeeded: "needs a sign-in: \(command)"
        case .unguarded: "not guarded"
        case .misconfigured: "misconfigured: bedrock-agent doctor"
        }
    }
}
