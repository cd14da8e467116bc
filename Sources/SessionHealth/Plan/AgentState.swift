import FoundationEssentials

/// What the daemon remembers across restarts: `state.json`. It holds no secret, and without it nothing breaks.
package struct AgentState: Codable, Equatable, Sendable {
    /// A sign-in that was under way when this was written.
    package struct RunningSignIn: Codable, Equatable, Sendable {
        package var session: String
        package var startedAt: Date
        package var isAutomatic: Bool
        /// A process, where it runs as one.
        package var pid: Int32?
        /// Field 22 of /proc/PID/stat, in clock ticks: the same pid with another start is another process.
        package var processStart: UInt64?
        /// A transient unit of the user's service manager, where it runs as one.
        package var unit: String?
        /// `SignInInFlight.before`.
        package var before: String?
        /// What it said so far.
        package var url: String?
        package var code: String?

        package init(session: String, startedAt: Date, isAutomatic: Bool) {
            self.session = session
            self.startedAt = startedAt
            self.isAutomatic = isAutomatic
        }
    }

    /// The profile that led Claude Code to its session, for the day when the AWS config has it no longer.
    package struct ClaudeProfile: Codable, Equatable, Sendable {
        package var name: String
        package var session: String
        package var accountID: String
        package var roleName: String
        /// It gets there through a source profile.
        package var isChained: Bool

        package init(_ profile: ResolvedProfile) {
            name = profile.name
            session = profile.session.name
            accountID = profile.accountID
            roleName = profile.roleName
            isChained = profile.chain.count > 1
        }

        /// Whether another profile leads to the same role in the same way.
        package func isAlike(_ profile: ResolvedProfile) -> Bool {
            var other = AgentState.ClaudeProfile(profile)
            other.name = name
            return other == self
        }
    }

    /// Of the form of the file. Older ones are read; a newer one is refused by name.
    package static let version = 1

    package var version = AgentState.version
    package var sessions: [String: SessionRecord] = [:]
    /// When automatic sign-ins started, of the last day; the budget counts them.
    package var automaticSignIns: [Date] = []
    package var running: RunningSignIn?
    /// What the desktop showed of each session; absent in files of earlier versions.
    package var notifications: [String: NotificationRecord]?
    package var claudeProfile: ClaudeProfile?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case version, sessions, automaticSignIns, running
        // As version 1 of the file calls them.
        case notifications = "bubbles"
        case claudeProfile
    }
}
