import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// Ends a portal session and signs in anew, for `cover`.
final class SessionRenewal {
    private let profile: ResolvedProfile
    private let environment: [String: String]
    private let paths: Paths
    private let watch: Stopwatch
    /// When a session was seen to begin anew.
    private var beganAt: Date?

    private static let attempts = 3
    /// Seconds for the daemon, or another process, to write down that it has begun.
    private static let patience: TimeInterval = 2

    init(_ profile: ResolvedProfile, _ environment: [String: String], asked watch: Stopwatch) {
        self.profile = profile
        self.environment = environment
        self.watch = watch
        paths = Paths(environment: environment)
    }

    /// The session as it is now, and the time.
    var facts: (SessionFacts, Date) {
        let now = watch.now
        var facts = FactsOnDisk(environment: environment, at: now).facts(of: profile.session, at: now)
        if let beganAt { facts.record.signedInAt = beganAt }
        return (facts, now.wall)
    }

    /// - Parameter endsSession: false if it is over already.
    /// - Throws: why there is no new session, and whether there is still the old one.
    func run(endsSession: Bool) throws {
        let endsSession = try endsSession && stillRuns()
        do {
            for _ in 0..<SessionRenewal.attempts where beganAt == nil {
                let signIn = SignIn(
                    to: profile.session, joinsDaemon: !endsSession, profile: profile, endsSession: endsSession)
                try signIn.run()
                // Another's may have been made in the session that is to be ended.
                beganAt = signIn.isOwn || !endsSession ? watch.now.wall : recordedBeginning()
            }
        } catch let failure as Failure where endsSession && isGone {
            let command = AuthRefresh.login(as: profile.name)
            throw Failure("\(failure). The session has been ended: \(command) begins another")
        }
        guard let beganAt else {
            throw Failure("others keep signing in to \(profile.session.name): run it again when they have finished")
        }
        keep(beganAt)
    }

    /// An expired access token ends nothing: it takes a refresh first.
    private func stillRuns() throws -> Bool {
        let now = watch.now
        guard let token = facts.0.token.clocks, token.expiresAt <= now.wall, token.isRefreshable(at: now.wall) else {
            return true
        }
        let merged = ClaudeEnvironment(ClaudeFolder(own: environment)).merged
        let order = try RefreshOrder(profile.session, of: profile, token, merged)
        switch order.outcome(paths, merged) {
        case .refreshed, .adopted: return true
        case .sessionEnded, .registrationRefused: return false
        case .offline(let reason), .failed(let reason), .refused(let reason, _):
            throw Failure("the session was not ended: it could not be refreshed before (\(reason))")
        case nil: throw Failure("the session was not ended: bedrock-agent-net could not be run")
        }
    }

    private var isGone: Bool { facts.0.token == .absent }

    /// Nil if nobody has written down that it began since we were asked.
    private func recordedBeginning() -> Date? {
        let looking = Stopwatch()
        repeat {
            let (facts, _) = facts
            if let date = facts.record.signedInAt, date >= watch.start.wall - 1 { return date }
            usleep(100_000)
        } while looking.elapsed < SessionRenewal.patience
        return nil
    }

    /// The daemon sees it by itself; where there is none, the next one is to know.
    private func keep(_ date: Date) {
        guard !VarlinkClient.hasDaemon(paths) else { return }
        var file = StateFile(path: paths.state)
        let recalled = file.recalled()
        guard recalled.damage == nil else { return }
        var known: AgentState? = recalled.state
        // Where another machine's daemon has written it meanwhile, what is there now counts.
        while var state = known {
            var record = state.sessions[profile.session.name] ?? SessionRecord()
            record.signedInAt = date
            record.refusal = nil
            state.sessions[profile.session.name] = record
            known = (try? file.save(state)) ?? nil
        }
    }
}
