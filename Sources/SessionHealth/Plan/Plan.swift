import FoundationEssentials

/// What the agent should do now, and when to look again. Recomputed whole on every wake-up.
package struct Plan: Equatable, Sendable {
    package var condition = Condition.healthy
    /// One for each of `Facts.sessions`, in their order.
    package var sessions: [SessionPlan] = []
    package var findings: [Finding] = []
    package var wake = Wake()

    /// Nothing to do, nothing known.
    package init() {}

    init(findings: [Finding]) { self.findings = findings }
}

/// The same for one session.
package struct SessionPlan: Equatable, Sendable {
    package var condition = Condition.healthy
    package var action: Action?
    /// What will happen next automatically, for `status`.
    package var next: Next?
    package var findings: [Finding] = []
    package var wake = Wake()
    /// The sign-in that it needs; nil if none.
    package var need: SignInNeed?
    /// What the person at the screen is to be asked.
    package var renewal: RenewalOffer?
    /// Any sign-in, even one by hand, must first set the cached client registration aside.
    package var registrationIsBad = false

    package struct Next: Codable, Equatable, Sendable {
        package var action: String
        package var at: Date

        package init(action: String, at: Date) {
            self.action = action
            self.at = at
        }
    }
}

/// One thing to do for a session, now.
package enum Action: Equatable, Sendable {
    case refresh
    /// Runs this shell command line; `isEarly` if a legacy token is still valid.
    case signIn(command: String, isEarly: Bool, setsRegistrationAside: Bool)
}

/// The session's state, worst last.
package enum Condition: String, Codable, CaseIterable, Comparable, Sendable {
    case healthy, refreshing, expiring, offline
    case signingIn = "signing-in"
    case unguarded, misconfigured
    case signInNeeded = "sign-in-needed"

    package static func < (left: Condition, right: Condition) -> Bool { left.rank < right.rank }

    private var rank: Int { Condition.allCases.firstIndex(of: self) ?? 0 }
}

/// When to look again: the earliest instant on each clock.
package struct Wake: Equatable, Sendable {
    package var wall: Date?
    package var boot: TimeInterval?

    package init(wall: Date? = nil, boot: TimeInterval? = nil) {
        self.wall = wall
        self.boot = boot
    }

    package mutating func sooner(_ other: Wake) {
        wall = [wall, other.wall].compactMap(\.self).min()
        boot = [boot, other.boot].compactMap(\.self).min()
    }
}

/// Decides everything. A pure function, so that lost events, suspend and restarts are harmless.
package func plan(for facts: Facts, at now: Moment) -> Plan {
    var plan = Plan(findings: facts.findings + facts.claudes.flatMap(\.findings))
    if let unsaved = facts.unsaved {
        plan.findings.append(
            Finding(
                .stateNotSaved, .warning, subject: "state.json", message: unsaved,
                fix:
                    "fix the file or folder named; until then no sign-in starts by itself (bedrock-agent login does it), and a"
                    + " restart forgets cooldowns and learned session lifetimes"))
        // Each step tries again.
        plan.wake.sooner(Wake(boot: now.boot + facts.policy.retryFirst))
    }
    if let unwatched = facts.unwatched {
        plan.findings.append(
            Finding(
                .filesUnwatched, .warning, subject: "inotify", message: unwatched,
                fix:
                    "raise the limit: sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=1024;"
                    + " until then they are read every \(Int(facts.policy.unwatchedInterval)) s"))
        plan.wake.sooner(Wake(boot: now.boot + facts.policy.unwatchedInterval))
    }
    // Both are read again at each wake-up.
    plan.wake.sooner(
        Wake(boot: facts.unreadSince.map { facts.policy.nextReading(since: $0, at: now.boot) }))
    plan.wake.sooner(Wake(boot: facts.settingsDoubtfulSince.map { $0 + facts.policy.tornPatience }))
    plan.sessions.reserveCapacity(facts.sessions.count)
    var signInIsFree = facts.signIn == nil
    for session in facts.sessions {
        let sessionPlan = SessionDecision(facts: facts, session: session, now: now, signInIsFree: signInIsFree).plan()
        if case .signIn = sessionPlan.action { signInIsFree = false }
        plan.condition = max(plan.condition, sessionPlan.condition)
        plan.findings += sessionPlan.findings
        plan.wake.sooner(sessionPlan.wake)
        plan.sessions.append(sessionPlan)
    }
    for claude in facts.claudes {
        // Whoever uses another folder need not use this one.
        if case .unguarded = claude.subject, facts.claudes.contains(where: \.isGuarded) { continue }
        plan.condition = max(plan.condition, facts.condition(of: claude))
        plan.findings += [facts.unguarded(claude)].compactMap(\.self)
    }
    return plan
}

// MARK: Whose state counts: Claude Code's with each of its folders, and that of what is guarded for other programs

extension Facts {
    /// What a Claude Code adds to the state of the sessions.
    func condition(of claude: ClaudeFacts) -> Condition {
        guard isAboutOthers(claude) else { return claude.subject.condition }
        let conditions = profiles.map(\.subject.condition)
        // What is wrong with one of several is a finding.
        return conditions.contains(.healthy) ? .healthy : conditions.max() ?? .healthy
    }

    /// Why a Claude Code has nothing to guard; nil if it has.
    func unguarded(_ claude: ClaudeFacts) -> Finding? {
        guard case .unguarded(let reason, let fix) = claude.subject else { return nil }
        guard isAboutOthers(claude) else {
            return Finding(.unguarded, .warning, subject: claude.profile ?? Self.claudeCode, message: reason, fix: fix)
        }
        return Finding(
            .unguarded, .info, subject: Self.claudeCode, message: reason,
            fix: "nothing to do; to use it on Bedrock: \(fix)")
    }

    /// Everything that is wrong with a Claude Code.
    func findings(of claude: ClaudeFacts) -> [Finding] {
        claude.findings + [unguarded(claude)].compactMap(\.self)
    }

    /// Somebody has sessions guarded for other programs, and nothing says that this Claude Code should have one.
    private func isAboutOthers(_ claude: ClaudeFacts) -> Bool {
        guard case .unguarded = claude.subject, !claude.usesBedrock else { return false }
        return !profiles.isEmpty
    }

    private static let claudeCode = "Claude Code"
}

extension ClaudeFacts {
    /// It has a session to guard.
    var isGuarded: Bool { subject.condition == .healthy }
}

extension ClaudeFacts.Guard {
    /// What is wrong with it, whatever the state of its session.
    var condition: Condition {
        switch self {
        case .session: .healthy
        case .misconfigured: .misconfigured
        case .unguarded: .unguarded
        }
    }
}
