import FoundationEssentials

/// What a person in Claude Code must know of the session that it uses: one sentence, with the command where one helps.
/// Claude Code may cut it off at the width of the terminal, so what is to be done comes early.
package struct HookSentence {
    private let status: Status
    private let otherProfile: String?
    private let now: Date
    private let local: (Date) -> String

    /// - Parameters:
    ///   - status: of the folder of Claude Code's.
    ///   - otherProfile: what this Claude Code uses instead of that folder's, as by the settings of a project.
    ///   - local: local time of day, with the day where it is not today's.
    package init(_ status: Status, otherProfile: String? = nil, now: Date, local: @escaping (Date) -> String) {
        self.status = status
        self.otherProfile = otherProfile
        self.now = now
        self.local = local
    }

    /// An end that is nearer than this is told of.
    private static let soon: TimeInterval = 3600

    /// Nil where all is well, or nothing that the agent can know of.
    package var text: String? {
        // Of a session that is not guarded nothing is known.
        guard otherProfile == nil || session != nil else { return nil }
        guard status.claude.usesBedrock, let words = session.map(sentence) ?? worst() else { return nil }
        let line = words.split(whereSeparator: \.isNewline).joined(separator: " ")
        return StatusText.localized(line, local).printable
    }

    /// The same after Claude Code was left without credentials: then it is not all well.
    package var textAfterFailure: String? {
        if let text { return text }
        guard status.claude.usesBedrock, let profile, let session, session.condition <= .refreshing else { return nil }
        return "\(profile) is signed in: send it again; if that fails too, run bedrock-agent doctor".printable
    }

    private var profile: String? { otherProfile ?? status.claude.profile }

    /// The session that Claude Code uses. Others that are guarded are nobody's business here.
    private var session: Status.Session? {
        guard let profile else { return nil }
        return status.sessions.first { $0.profiles.containsSpelled(profile) }
    }

    private func sentence(_ session: Status.Session) -> String? {
        let who = profile ?? session.name
        switch session.condition {
        case .signingIn: return waiting(session, who)
        case .signInNeeded: return needed(session, who)
        case .misconfigured: return worst()
        case .offline:
            guard let end = session.accessTokenExpiresAt, end <= now else { return worst() }
            return "AWS cannot be reached, and \(who) was signed in until \(local(end)) only: bedrock-agent doctor"
        case .unguarded: return nil
        case .healthy, .refreshing, .expiring: return worst() ?? ending(session, who)
        }
    }

    private func waiting(_ session: Status.Session, _ who: String) -> String {
        let code = session.signIn?.code.map { " (code \($0))" } ?? ""
        guard let url = session.signIn?.url else { return "A sign-in to \(who) waits for you in your browser\(code)" }
        return "Sign in to \(who): \(url)\(code)"
    }

    private func needed(_ session: Status.Session, _ who: String) -> String {
        let finding = status.findings.first {
            $0.subject.isSpelled(as: session.name) && [.signInNeeded, .signInSoon].contains($0.code)
        }
        let name = "\(session.name): "
        let reason = finding.map { $0.message.hasPrefix(name) ? String($0.message.dropFirst(name.count)) : $0.message }
        return "\(who) needs a sign-in: \(finding?.fix ?? AuthRefresh.login(as: who))\(reason.map { " (\($0))" } ?? "")"
    }

    /// A session that ends soon, by its token or as past ones did.
    private func ending(_ session: Status.Session, _ who: String) -> String? {
        let usual = session.usualLifetime.flatMap { lifetime in
            session.signedInAt.map { $0 + TimeInterval(lifetime) }
        }
        let end = session.refreshable ? usual : session.accessTokenExpiresAt
        guard let end, end > now, end.timeIntervalSince(now) <= Self.soon else { return nil }
        let verb = session.refreshable ? "usually ends about" : "ends at"
        return "\(who) \(verb) \(local(end)) and needs your sign-in then; sooner: "
            + "bedrock-agent cover 2h --profile \(ShellWords.quoted(who))"
    }

    /// The first error that is not another session's.
    private func worst() -> String? {
        let others = status.sessions.filter { $0.name != session?.name }.flatMap { [$0.name] + $0.profiles }
        let mine = session.map { [$0.name] + $0.profiles } ?? []
        let finding = status.findings.first {
            $0.severity == .error && (mine.containsSpelled($0.subject) || !others.containsSpelled($0.subject))
        }
        return finding.map { "\($0.message): \($0.fix)" }
    }
}
