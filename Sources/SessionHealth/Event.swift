import FoundationEssentials

/// One entry of the journal: something that changed. Its `id` is the key of systemd/bedrock-agent.catalog.
package struct Event: Equatable, Sendable {
    /// syslog's levels, as journald takes them.
    package enum Priority: Int, Sendable {
        case error = 3
        case warning = 4
        case notice = 5
        case info = 6
    }

    /// MESSAGE_ID: 128 bits in hexadecimal.
    package var id: String
    package var priority: Priority
    package var message: String
    /// `BEDROCK_…` fields by name.
    package var fields: [String: String] = [:]

    /// The message catalogue's keys.
    package enum ID {
        package static let started = "03cbc2a475af441d9f670c414fea4dd1"
        package static let stopping = "527c2791bb6d49dda041e784e9d1f578"
        package static let conditionChanged = "aa258084b1c948e2a113c64b22e7671d"
        package static let refreshed = "193b93a5b6e6494c85f97bbca7a81c25"
        package static let refreshFailed = "d84c8fe795584451a3c8012e32d53106"
        package static let signInStarted = "e7a5b4a8379941349660f4ef8a705b63"
        package static let signInEnded = "afc1b6a676e640118341ab822a4a1afe"
        package static let finding = "12f521a91b19432897de73561fce2311"
        package static let findingCleared = "1e678593cf51403a84abd581b8fa7d72"
        package static let registrationSetAside = "e3b555487b704a2ea61b7a65b076dca6"
        package static let commandApproved = "155343f722604d508bf8d57b1975e140"
        package static let stateNotSaved = "b3695e56d1c04ea3b418a1bd92677f5c"
        package static let cannotWatch = "e3961cebd59b44469de05cd4f19ea6bf"
        package static let childOutput = "00000000000000000000000000000001"
        package static let woke = "00000000000000000000000000000002"
        package static let presence = "00000000000000000000000000000003"
        package static let cannotStart = "00000000000000000000000000000004"
    }

    package init(_ id: String, _ priority: Priority, _ message: String, _ fields: [String: String] = [:]) {
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
            ["BEDROCK_FINDING": finding.code, "BEDROCK_SUBJECT": finding.subject])
    }

    /// A session whose condition is another one now.
    package init(_ session: SessionFacts, from old: Condition?, to new: Condition) {
        let priority: Priority =
            switch new {
            case .healthy, .refreshing: .info
            case .signingIn: .notice
            case .expiring, .offline, .unguarded: .warning
            case .misconfigured, .signInNeeded: .error
            }
        let was = old.map { ", was \($0.rawValue)" } ?? ""
        self.init(
            ID.conditionChanged, priority, "\(session.session.name): \(new.rawValue)\(was)",
            ["BEDROCK_CONDITION": new.rawValue].merging(Event.fields(of: session)) { $1 })
    }

    /// A refresh that has ended.
    package init(_ session: SessionFacts, _ outcome: RefreshOutcome) {
        let name = session.session.name
        let fields = Event.fields(of: session)
        switch outcome {
        case .refreshed(let date):
            self.init(ID.refreshed, .info, "\(name): refreshed until \(Timestamp.format(date))", fields)
        case .adopted(let date):
            self.init(
                ID.refreshed, .info, "\(name): another program refreshed it until \(Timestamp.format(date))", fields)
        case .offline(let reason):
            self.init(ID.refreshFailed, .warning, "\(name): no refresh, offline: \(reason)", fields)
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
        var fields = ["BEDROCK_SESSION": session.session.name]
        fields["BEDROCK_PROFILE"] = session.profiles.first
        fields["BEDROCK_EXPIRES_AT"] = session.token.clocks.map { Timestamp.format($0.expiresAt) }
        return fields
    }
}
