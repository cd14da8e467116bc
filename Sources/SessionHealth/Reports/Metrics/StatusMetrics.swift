import FoundationEssentials

/// What `status --metrics` prints: the same status as `--json`, as metrics. No secrets; times in seconds since 1970.
package struct StatusMetrics {
    private let status: Status
    private let now: Date
    /// With labels of their own; a second sample with the same would spoil all. The others are counted only.
    private let sessions: [Status.Session]
    private var metrics: MetricText

    private static let mostSessions = 100

    /// - Parameter user: whose daemon it is; several users of a machine are told apart by it.
    package init(_ status: Status, user: String, now: Date) {
        self.status = status
        self.now = now
        var names: Set<String> = []
        sessions = status.sessions.filter { names.insert(MetricText.label($0.name)).inserted }
            .prefix(Self.mostSessions).map(\.self)
        metrics = MetricText(common: [("user", user)])
    }

    package var text: String {
        var all = self
        all.addDaemon()
        all.addClaude()
        all.addSessions()
        all.addFindings()
        all.add("written_timestamp_seconds", "When this was written; older than some minutes, it is stale.", now)
        return all.metrics.text
    }

    private mutating func add(_ name: String, _ help: String, _ samples: [MetricText.Sample]) {
        metrics.add("bedrock_agent_\(name)", help, samples)
    }

    private mutating func add(_ name: String, _ help: String, _ value: Double) {
        add(name, help, [MetricText.Sample([], value)])
    }

    private mutating func add(_ name: String, _ help: String, _ date: Date?) {
        if let date { add(name, help, date.timeIntervalSince1970.rounded(.down)) }
    }

    private mutating func addDaemon() {
        add(
            "info", "The version of the daemon, or of this program where none runs.",
            [MetricText.Sample([("version", status.daemon.version)], 1)])
        add(
            "daemon_running", "Whether the daemon runs; if not, the rest was read from disk.",
            status.daemon.running ? 1 : 0)
        add("daemon_start_time_seconds", "When the daemon was started.", status.daemon.since)
        add("condition", "The state of all that is guarded: 1 for the one that it is in.", Self.set(status.condition))
    }

    private mutating func addClaude() {
        let claude = status.claude
        add("claude_uses_bedrock", "Whether Claude Code is set up to use Bedrock.", claude.usesBedrock ? 1 : 0)
        guard claude.usesBedrock else { return }
        add(
            "claude_info", "What Claude Code uses.",
            [
                MetricText.Sample(
                    [
                        ("profile", claude.profile ?? ""), ("region", claude.region ?? ""),
                        ("model", claude.model ?? ""),
                    ], 1)
            ])
        add("claude_command_approved", "Whether the agent may run awsAuthRefresh.", claude.approved ? 1 : 0)
    }

    private mutating func addSessions() {
        add("sessions", "How many sessions are guarded.", Double(status.sessions.count))
        add(
            "session_info", "What kind of session it is, and a profile that uses it.",
            sessions.map {
                sample($0, 1, [("kind", $0.kind), ("region", $0.region), ("profile", $0.profiles.first ?? "")])
            })
        add(
            "session_condition", "The state of a session: 1 for the one that it is in.",
            sessions.flatMap { session in
                Self.set(session.condition, [("session", session.name)])
            })
        add(
            "session_refreshable", "Whether it is renewed without a person.",
            sessions.map {
                sample($0, $0.refreshable ? 1 : 0)
            })
        addTimes("access_token_expires", "When its access token ends.", \.accessTokenExpiresAt)
        addTimes("registration_expires", "When its client registration ends.", \.registrationExpiresAt)
        addTimes("signed_in", "When a person last signed in.", \.signedInAt)
        addTimes("next_action", "When the agent does something for it by itself.", \.next?.at)
        addTimes("last_refresh", "When it was last renewed, or that was tried.", \.lastRefresh?.at)
        addResults("last_refresh", "Whether the last attempt to renew it succeeded.", \.lastRefresh)
        addTimes("last_sign_in", "When somebody last signed in, or tried to.", \.lastSignIn?.at)
        addResults("last_sign_in", "Whether the last sign-in succeeded.", \.lastSignIn)
        addTimes("sign_in_started", "Since when a sign-in waits for a person.", \.signIn?.startedAt)
        add(
            "session_usual_lifetime_seconds", "How long such a session usually lasts; learned.",
            sessions.compactMap {
                session in
                session.usualLifetime.map { sample(session, Double($0)) }
            })
    }

    private mutating func addTimes(_ name: String, _ help: String, _ time: (Status.Session) -> Date?) {
        add(
            "session_\(name)_timestamp_seconds", help,
            sessions.compactMap { session in
                time(session).map { sample(session, $0.timeIntervalSince1970.rounded(.down)) }
            })
    }

    private mutating func addResults(
        _ name: String, _ help: String, _ attempt: (Status.Session) -> SessionRecord.Attempt?
    ) {
        add(
            "session_\(name)_success", help,
            sessions.compactMap { session in
                attempt(session).map { sample(session, ["ok", "adopted"].contains($0.result) ? 1 : 0) }
            })
    }

    private mutating func addFindings() {
        add(
            "findings", "How many findings there are.",
            [Finding.Severity.info, .warning, .error].map { severity in
                MetricText.Sample(
                    [("severity", severity.rawValue)], Double(status.findings.count { $0.severity == severity }))
            })
        // By code: what a finding is about may be anything.
        let kinds = Set(status.findings.filter { $0.code != nil }.map { [$0.codeName, $0.severity.rawValue] })
        add(
            "finding_info", "A finding that there is; bedrock-agent status shows it.",
            kinds.sorted { $0.joined() < $1.joined() }.map {
                MetricText.Sample([("code", $0[0]), ("severity", $0[1])], 1)
            })
    }

    private func sample(
        _ session: Status.Session, _ value: Double, _ more: [(name: String, value: String)] = []
    ) -> MetricText.Sample {
        MetricText.Sample([("session", session.name)] + more, value)
    }

    private static func set(
        _ condition: Condition, _ labels: [(name: String, value: String)] = []
    ) -> [MetricText.Sample] {
        Condition.allCases.map { MetricText.Sample(labels + [("condition", $0.rawValue)], $0 == condition ? 1 : 0) }
    }
}
