import FoundationEssentials

extension FleetReport.Problem {
    /// - Parameter lost: seconds of work.
    /// - Returns: nil where nothing is wrong.
    init?(_ user: FleetReport.User, _ known: FleetUser, _ state: FleetUser.State, _ lost: Int) {
        let session = state.worst?.session
        let isSilent = state.condition == FleetReport.silentCondition
        let isWithout = [FleetReport.noSessionCondition, Self.misconfigured].contains(state.condition)
        // Who has gone on purpose is no problem.
        guard
            lost > 0 || known.failedSignIns > 0 || session?.kind == .legacy || session?.isFailing == true || isSilent
                || isWithout, !(isSilent && known.hasStopped && lost == 0)
        else { return nil }
        self.init(
            user: user, condition: state.condition, session: state.worst?.name,
            since: (isSilent ? known.lastAt : session?.since).map { Date(timeIntervalSince1970: $0) },
            lostSeconds: lost, failedSignIns: known.failedSignIns, fix: Self.fix(state))
    }

    /// What fails now comes first, then where there is no agent at work, then what cost most, then what will.
    static func isWorse(_ left: Self, _ right: Self) -> Bool {
        if left.rank != right.rank { return left.rank > right.rank }
        if left.lostSeconds != right.lostSeconds { return left.lostSeconds > right.lostSeconds }
        if left.failedSignIns != right.failedSignIns { return left.failedSignIns > right.failedSignIns }
        return (left.user.host, left.user.uid) < (right.user.host, right.user.uid)
    }

    private var rank: Int {
        switch Condition(rawValue: condition) {
        case .signInNeeded, .misconfigured: 3
        case .signingIn, .offline: 2
        case .healthy, .refreshing, .expiring, .unguarded: 1
        case nil: condition == FleetReport.unknownCondition ? 1 : 2
        }
    }

    /// With a session or without one.
    private static let misconfigured = Condition.misconfigured.rawValue
    static let noSessionFix = "bedrock-agent setup; if Claude Code is set up there: bedrock-agent doctor"

    private static func fix(_ state: FleetUser.State) -> String {
        switch state.condition {
        case FleetReport.silentCondition:
            return "systemctl --user status bedrock-agent; if that runs: systemctl status systemd-journal-upload"
        case FleetReport.noSessionCondition: return noSessionFix
        case misconfigured: return "bedrock-agent doctor"
        default: break
        }
        let session = state.worst?.session
        let profile = session?.profile.map { " --profile \(ShellWords.quoted($0.spelledOut))" } ?? ""
        switch session?.condition {
        case .signInNeeded, .signingIn: return "bedrock-agent login\(profile)"
        case .offline: return "bedrock-agent doctor; behind a proxy: bedrock-agent setup, in a shell that exports it"
        case .healthy, .refreshing, .expiring, .unguarded, .misconfigured, nil:
            return session?.kind == .legacy
                ? "bedrock-agent migrate\(profile)" : "bedrock-agent log --since 7d --explain"
        }
    }
}
