import FoundationEssentials

/// What `status --json` prints and `GetStatus` returns. Version 1 of its form; times are RFC 3339 UTC in JSON.
package struct Status: Codable, Equatable, Sendable {
    package struct Daemon: Codable, Equatable, Sendable {
        package var running: Bool
        package var version: String
        package var pid: Int32?
        package var since: Date?

        package init(running: Bool, version: String, pid: Int32? = nil, since: Date? = nil) {
            self.running = running
            self.version = version
            self.pid = pid
            self.since = since
        }
    }

    package struct Claude: Codable, Equatable, Sendable {
        package var usesBedrock: Bool
        package var profile: String?
        package var region: String?
        package var model: String?
        package var awsAuthRefresh: String?
        package var approved: Bool
        package var settings: String?
    }

    package struct Session: Codable, Equatable, Sendable {
        package struct SignIn: Codable, Equatable, Sendable {
            package var url: String?
            package var code: String?
            package var startedAt: Date
        }

        package var name: String
        package var kind: String
        package var startUrl: String
        package var region: String
        package var profiles: [String]
        package var condition: Condition
        package var refreshable: Bool
        package var accessTokenExpiresAt: Date?
        package var registrationExpiresAt: Date?
        package var signedInAt: Date?
        /// Learned: how long such a session usually lasts, in seconds.
        package var usualLifetime: Int?
        package var next: SessionPlan.Next?
        package var lastRefresh: SessionRecord.Attempt?
        package var lastSignIn: SessionRecord.Attempt?
        package var signIn: SignIn?
    }

    package var version = 1
    package var condition: Condition
    package var daemon: Daemon
    package var claude: Claude
    package var sessions: [Session]
    package var findings: [Finding]

    package init(_ facts: Facts, _ plan: Plan, at now: Date, daemon: Daemon) {
        condition = plan.condition
        self.daemon = daemon
        claude = Claude(
            usesBedrock: facts.claude.usesBedrock, profile: facts.claude.profile, region: facts.claude.region,
            model: facts.claude.model, awsAuthRefresh: facts.claude.awsAuthRefresh, approved: facts.claude.approved,
            settings: facts.claude.settingsPath)
        sessions = zip(facts.sessions, plan.sessions).map {
            Session($0, $1, signIn: facts.waitingSignIn(to: $0.session.name), at: now)
        }
        findings = plan.findings
    }

    /// Of all that is guarded, this tells what Claude Code uses with one of its folders, and what is wrong there.
    package init(_ facts: Facts, _ plan: Plan, of claude: ClaudeFacts, at now: Date, daemon: Daemon) {
        var facts = facts
        let own = facts.findings(of: claude)
        let others = facts.claudes.filter { $0 != claude }.flatMap(facts.findings)
        let unguarded = facts.unguarded(claude)
        facts.claude = claude
        self.init(facts, plan, at: now, daemon: daemon)
        condition = plan.sessions.map(\.condition).reduce(facts.condition(of: claude), max)
        findings.removeAll { others.contains($0) && !own.contains($0) }
        if let unguarded, !findings.contains(unguarded) { findings.append(unguarded) }
    }

    /// What `--json` prints.
    package var json: [UInt8] { JSONCoding.encode(self) }

    /// - Throws: when the bytes are no status.
    package init(json: [UInt8]) throws { self = try JSONCoding.decode(Status.self, from: json) }

    /// The exit status of `bedrock-agent status`.
    package var exitStatus: Int32 {
        guard daemon.running else { return 3 }
        switch condition {
        case .misconfigured, .unguarded: return 4
        case .signInNeeded, .signingIn: return 2
        case .expiring, .offline: return 1
        case .healthy, .refreshing: return findings.contains { $0.severity > .info } ? 1 : 0
        }
    }
}

extension Status.Session {
    fileprivate init(_ facts: SessionFacts, _ plan: SessionPlan, signIn: SignInInFlight?, at now: Date) {
        let clocks = facts.token.clocks
        self.init(
            name: facts.session.name, kind: facts.session.kind.rawValue, startUrl: facts.session.startURL,
            region: facts.session.region, profiles: facts.profiles, condition: plan.condition,
            refreshable: clocks?.isRefreshable(at: now) ?? false, accessTokenExpiresAt: clocks?.expiresAt,
            registrationExpiresAt: clocks?.registrationExpiresAt, signedInAt: facts.record.signedInAt,
            usualLifetime: facts.record.usualLifetime.map { Int($0) }, next: plan.next,
            lastRefresh: facts.record.lastRefresh, lastSignIn: facts.record.lastSignIn,
            signIn: signIn.map { SignIn(url: $0.url, code: $0.code, startedAt: $0.startedAt) })
    }
}

extension Status.Session {
    /// The command for a person to sign in.
    var loginCommand: String {
        AuthRefresh.login(as: profiles.first ?? name, SSOSession.Kind(rawValue: kind) ?? .legacy)
    }

    /// When what cannot be renewed ends.
    var endsAt: Date? { kind == SSOSession.Kind.login.rawValue ? next?.at : accessTokenExpiresAt }
}

extension TokenFacts {
    /// The clocks to go by: a file that is being written keeps those it had.
    package var clocks: TokenClocks? {
        switch self {
        case .found(let clocks): clocks
        case .torn(_, _, let last), .unread(_, _, let last): last
        case .absent, .unreadable: nil
        }
    }
}
