import FoundationEssentials

/// What the daemon remembers across restarts: `state.json`. It contains no secrets, and losing it breaks nothing.
package struct AgentState: Codable, Equatable, Sendable {
    /// A sign-in that was under way when this was written.
    package struct RunningSignIn: Codable, Equatable, Sendable {
        package var session: String
        package var startedAt: Date
        package var isAutomatic: Bool
        /// The host name; nil in records of earlier versions.
        package var machine: String?
        /// Its process ID, if it runs as a plain process.
        package var pid: Int32?
        /// The start time (field 22 of /proc/PID/stat), in clock ticks: the same PID with another start is another
        /// process.
        package var processStart: UInt64?
        /// Its transient unit, if it runs as one.
        package var unit: String?
        /// `SignInInFlight.before`.
        package var before: String?
        /// The session could not be used without it, or soon could not; nil in records of earlier versions.
        package var isNeeded: Bool?
        /// `SignInInFlight.isRenewal`; nil in records of earlier versions.
        package var isRenewal: Bool?
        /// Its output so far.
        package var url: String?
        package var code: String?

        package init(session: String, startedAt: Date, isAutomatic: Bool) {
            self.session = session
            self.startedAt = startedAt
            self.isAutomatic = isAutomatic
        }
    }

    /// The profile that Claude Code used, for the case that it disappears from the AWS config.
    package struct ClaudeProfile: Codable, Equatable, Sendable {
        package var name: String
        package var session: String
        package var accountID: String
        package var roleName: String
        /// It uses a source profile.
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

    /// The version of the file format. Older ones are read; a newer one is refused by its number.
    package static let version = 1

    package var version = AgentState.version
    package var sessions: [String: SessionRecord] = [:]
    /// When automatic sign-ins of the last day started; counted against the budget.
    package var automaticSignIns: [Date] = []
    package var running: RunningSignIn?
    /// What the desktop showed of each session; absent in files of earlier versions.
    package var notifications: [String: NotificationRecord]?
    package var claudeProfile: ClaudeProfile?
    /// Absent in files of earlier versions.
    package var attendance: Attendance?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case version, sessions, automaticSignIns, running
        // The key in version 1 of the file.
        case notifications = "bubbles"
        case claudeProfile, attendance
    }
}

extension AgentState {
    /// Our changes, and those of a daemon on another machine with this home.
    /// - Parameter base: what was there before both.
    func merged(with theirs: AgentState, since base: AgentState) -> AgentState {
        func newer<Value: Equatable>(_ field: KeyPath<AgentState, Value>) -> Value {
            self[keyPath: field] == base[keyPath: field] ? theirs[keyPath: field] : self[keyPath: field]
        }
        var merged = self
        for name in Set(base.sessions.keys).union(theirs.sessions.keys) {
            let (ours, before, their) = (sessions[name], base.sessions[name], theirs.sessions[name])
            guard their != before else { continue }
            merged.sessions[name] =
                ours == before
                ? their?.completed(by: ours) : their.map { ours?.merged(with: $0) ?? $0 } ?? ours
        }
        merged.automaticSignIns = Set(automaticSignIns).union(theirs.automaticSignIns).sorted()
        merged.running = newer(\.running)
        // An earlier version there does not know these, and writes none.
        merged.notifications = newer(\.notifications) ?? notifications
        merged.claudeProfile = newer(\.claudeProfile) ?? claudeProfile
        merged.attendance = newer(\.attendance) ?? attendance
        return merged
    }

    /// With numbers that this program would not write brought to the nearest that it would.
    var bounded: AgentState {
        var bounded = self
        bounded.version = AgentState.version
        for name in sessions.keys { bounded.sessions[name]?.bound() }
        return bounded
    }
}
