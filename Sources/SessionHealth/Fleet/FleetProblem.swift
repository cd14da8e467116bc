import FoundationEssentials

extension FleetReport.Problem {
    /// - Parameters:
    ///   - condition: the user's, or that they are silent.
    ///   - worst: the session that it comes from.
    /// - Returns: nil where nothing is wrong.
    init?(
        _ user: FleetReport.User, _ known: FleetUser, _ condition: String,
        _ worst: (name: String, session: FleetUser.Session)?, _ lost: Int
    ) {
        let session = worst?.session
        let isSilent = condition == FleetReport.silentCondition
        let isLegacy = session?.kind == SSOSession.Kind.legacy.rawValue
        // Who has gone on purpose is no problem.
        guard lost > 0 || known.failedSignIns > 0 || isLegacy || session?.failsFrom != nil || isSilent,
            !(isSilent && known.hasStopped && lost == 0)
        else { return nil }
        self.init(
            user: user, condition: condition, session: worst?.name,
            since: (isSilent ? known.lastAt : session?.since).map { Date(timeIntervalSince1970: $0) },
            lostSeconds: lost, failedSignIns: known.failedSignIns,
            fix: Self.fix(isSilent: isSilent, isLegacy: isLegacy, session, worst?.name))
    }

    /// What fails now comes first, then what cost most, then what will.
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
        case nil: 0
        }
    }

    private static func fix(
        isSilent: Bool, isLegacy: Bool, _ session: FleetUser.Session?, _ name: String?
    ) -> String {
        let profile = (session?.profile ?? name).map { " --profile \(ShellWords.quoted($0.spelledOut))" } ?? ""
        guard !isSilent else {
            return "systemctl --user status bedrock-agent; if that runs: systemctl status systemd-journal-upload"
        }
        switch session?.condition {
        case .signInNeeded, .signingIn: return "bedrock-agent login\(profile)"
        case .misconfigured: return "bedrock-agent doctor"
        case .offline: return "bedrock-agent doctor; behind a proxy: bedrock-agent setup, in a shell that exports it"
        case .healthy, .refreshing, .expiring, .unguarded, nil:
            return isLegacy ? "bedrock-agent migrate\(profile)" : "bedrock-agent log --since 7d --explain"
        }
    }
}
