import FoundationEssentials

/// One entry of the journal: something that changed. systemd/bedrock-agent.catalog explains each kind.
package struct JournalMessage: Equatable, Sendable {
    /// syslog's levels, as journald takes them.
    package enum Priority: Int, Sendable {
        case error = 3
        case warning = 4
        case notice = 5
        case info = 6
    }

    /// What kind of entry it is.
    package var id: ID
    package var priority: Priority
    package var message: String
    /// `BEDROCK_…` fields by name.
    package var fields: [String: String] = [:]

    /// MESSAGE_ID: 128 bits in hexadecimal, the key under which the message catalogue explains the entry.
    package enum ID: String, CaseIterable, Sendable {
        case started = "03cbc2a475af441d9f670c414fea4dd1"
        case stopping = "527c2791bb6d49dda041e784e9d1f578"
        case conditionChanged = "aa258084b1c948e2a113c64b22e7671d"
        /// A session is in the same condition as a day ago: who goes by the journal alone knows that it is still there.
        case conditionHolds = "7b0f6d3a51e94c9f8d22c4a9e6b1f053"
        /// A session is no longer guarded: another profile is used, or it is gone from the AWS files.
        case sessionLeft = "c3d1f6a8b29e4d7f8a5046e1b7c9d230"
        /// The agent has no session to guard; also told again after a day.
        case noSession = "e4c8d2f1a07b4b3e9d56c1f8270a6e93"
        case refreshed = "193b93a5b6e6494c85f97bbca7a81c25"
        case refreshFailed = "d84c8fe795584451a3c8012e32d53106"
        case signInStarted = "e7a5b4a8379941349660f4ef8a705b63"
        case signInEnded = "afc1b6a676e640118341ab822a4a1afe"
        /// A line that the sign-in command printed, secrets masked.
        case childOutput = "25d9d6d9fcb74a97ad2e663c291a2372"
        case finding = "12f521a91b19432897de73561fce2311"
        case findingCleared = "1e678593cf51403a84abd581b8fa7d72"
        case registrationSetAside = "e3b555487b704a2ea61b7a65b076dca6"
        case commandApproved = "155343f722604d508bf8d57b1975e140"
        /// Whether somebody is at the screen.
        case presence = "924d7de8f8224d27b6fee878eec3e88a"
        /// The machine woke from sleep; everything is planned anew.
        case woke = "cbbba4a218c84424935c7eb69ae5cab3"
        case cannotWatch = "e3961cebd59b44469de05cd4f19ea6bf"
        /// `notify` has been run.
        case notified = "5b0c9a3e7d5f4f0f9a86c1f4d27be913"
        /// Claude Code is set up by notification.
        case setUp = "7f3d0c52b8b14a6f9e0b6a4d1c92e857"
    }

    /// Seconds after which a condition is told again, with whatever happens next: nothing wakes up for that.
    package static let silence: TimeInterval = 86_400

    /// The names of the fields that are the agent's own.
    package enum Field {
        package static let session = "BEDROCK_SESSION"
        package static let profile = "BEDROCK_PROFILE"
        /// `SSOSession.Kind`; `none` where there is no session.
        package static let kind = "BEDROCK_KIND"
        package static let expiresAt = "BEDROCK_EXPIRES_AT"
        package static let condition = "BEDROCK_CONDITION"
        /// Where it holds: since when.
        package static let conditionSince = "BEDROCK_CONDITION_SINCE"
        /// Where it changed: what it was before, and since when.
        package static let conditionWas = "BEDROCK_CONDITION_WAS"
        package static let conditionWasSince = "BEDROCK_CONDITION_WAS_SINCE"
        package static let finding = "BEDROCK_FINDING"
        package static let subject = "BEDROCK_SUBJECT"
        /// `SignInCause`.
        package static let signInCause = "BEDROCK_SIGN_IN_CAUSE"
        /// `ok`, or a word for how it failed.
        package static let signInResult = "BEDROCK_SIGN_IN_RESULT"
        /// `RefreshOutcome.word`.
        package static let refreshResult = "BEDROCK_REFRESH_RESULT"
        /// The service's name for why it refused, such as `invalid_grant`.
        package static let refusal = "BEDROCK_REFUSAL"
        /// Of every entry: the daemon's version, and, once it is known, who is at the screen: `present`, `away` or
        /// `no-display`.
        package static let version = "BEDROCK_VERSION"
        package static let presence = "BEDROCK_PRESENCE"
    }

    /// Why somebody signed in.
    package enum SignInCause: String, Sendable {
        /// The session was about to end, or had ended.
        case automatic
        /// A client, or the notification's button.
        case asked
        /// Not by the daemon: in a terminal, by another program.
        case elsewhere
    }

    package init(_ id: ID, _ priority: Priority, _ message: String, _ fields: [String: String] = [:]) {
        self.id = id
        self.priority = priority
        self.message = message
        self.fields = fields
    }

    /// A finding that is new.
    package init(_ finding: Finding) {
        let priority: Priority =
            switch finding.severity {
            case .error: .error
            case .warning: .warning
            case .info: .info
            }
        self.init(
            ID.finding, priority, "\(finding.message) (fix: \(finding.fix))",
            [Field.finding: finding.codeName, Field.subject: finding.subject])
    }

    /// A session whose condition is another one now.
    /// - Parameter old: what it was before, and since when; nil for one that the daemon has not known before.
    package init(_ session: SessionFacts, from old: (condition: Condition, since: Date)?, to new: Condition) {
        let priority: Priority =
            switch new {
            case .healthy, .refreshing: .info
            case .signingIn: .notice
            case .expiring, .offline, .unguarded: .warning
            case .misconfigured, .signInNeeded: .error
            }
        let was = old.map { ", was \($0.condition.rawValue)" } ?? ""
        var fields = JournalMessage.fields(of: session)
        fields[Field.condition] = new.rawValue
        fields[Field.conditionWas] = old?.condition.rawValue
        fields[Field.conditionWasSince] = old.map { Timestamp.format($0.since) }
        self.init(ID.conditionChanged, priority, "\(session.session.name): \(new.rawValue)\(was)", fields)
    }

    /// A session that has been in this condition for a day or more.
    package init(_ session: SessionFacts, still condition: Condition, since: Date) {
        var fields = JournalMessage.fields(of: session)
        fields[Field.condition] = condition.rawValue
        fields[Field.conditionSince] = Timestamp.format(since)
        self.init(
            ID.conditionHolds, .info,
            "\(session.session.name): \(condition.rawValue) since \(Timestamp.format(since))", fields)
    }

    /// A session that is no longer guarded.
    package init(left name: String, _ old: Condition, since: Date) {
        self.init(
            ID.sessionLeft, .info, "\(name): no longer guarded, was \(old.rawValue)",
            [
                Field.session: name, Field.conditionWas: old.rawValue,
                Field.conditionWasSince: Timestamp.format(since),
            ])
    }

    /// There is no session to guard: Claude Code is not set up, or has credentials of another kind.
    package init(withoutSession condition: Condition) {
        self.init(
            ID.noSession, .info, "there is no session to guard: bedrock-agent status says why",
            [Field.condition: condition.rawValue, Field.kind: "none"])
    }

    /// A refresh that has ended.
    package init(_ session: SessionFacts, _ outcome: RefreshOutcome) {
        let name = session.session.name
        var fields = JournalMessage.fields(of: session)
        fields[Field.refreshResult] = outcome.word
        fields[Field.refusal] = outcome.refusal?.printable
        switch outcome {
        case .refreshed(let date):
            self.init(ID.refreshed, .info, "\(name): refreshed until \(Timestamp.format(date))", fields)
        case .adopted(let date):
            self.init(
                ID.refreshed, .info, "\(name): refreshed by another program until \(Timestamp.format(date))", fields)
        case .offline(let reason):
            self.init(ID.refreshFailed, .warning, "\(name): not refreshed, offline: \(reason)", fields)
        case .sessionEnded(let error), .registrationRefused(let error):
            self.init(ID.refreshFailed, .warning, "\(name): the refresh was refused: \(error)", fields)
        case .refused(let error, let description):
            self.init(ID.refreshFailed, .error, "\(name): the refresh was refused: \(error) \(description)", fields)
        case .failed(let reason):
            self.init(ID.refreshFailed, .error, "\(name): the refresh failed: \(reason)", fields)
        }
    }

    /// The fields that say which session an entry is about.
    package static func fields(of session: SessionFacts) -> [String: String] {
        var fields = [Field.session: session.session.name, Field.kind: session.session.kind.rawValue]
        fields[Field.profile] = session.profiles.first
        fields[Field.expiresAt] = session.token.clocks.map { Timestamp.format($0.expiresAt) }
        return fields
    }

    /// Those of an entry about a sign-in.
    package static func fields(
        of session: SessionFacts, signIn cause: SignInCause, result: String? = nil
    ) -> [String: String] {
        var fields = fields(of: session)
        fields[Field.signInCause] = cause.rawValue
        fields[Field.signInResult] = result
        return fields
    }

    /// Somebody has signed in without the daemon.
    package init(signInElsewhereTo session: SessionFacts) {
        self.init(
            ID.signInEnded, .notice, "\(session.session.name): somebody has signed in by another program",
            JournalMessage.fields(of: session, signIn: .elsewhere, result: "ok"))
    }
}
