import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// A sign-in that a command asks for. However many ask at once, one of them, or the daemon, runs it; all show where the
/// person signs in, and end with it.
///
/// A sign-in of somebody else counts when it ended since this one was asked for. Without a terminal to read from, as
/// Claude Code runs commands, one that ended within `herd` before does too: of many sessions that see the end of the
/// same token, some are late. A session that only happens to be good does not count: there was a reason to ask.
struct SignIn {
    let session: SSOSession
    /// What follows `aws sso login`.
    let arguments: [String]
    /// Of the AWS CLI.
    let environment: [String: String]
    let place: SignInPlace
    let paths: Paths
    let reader: FactsOnDisk
    let prompt: SignInPrompt
    let startedAt: Moment
    let lock: SignInLock
    private let before: TokenFacts
    private var joinsDaemon: Bool
    /// This command ran it, and joined nobody else's.
    private(set) var isOwn = false
    private let countsRecent: Bool

    private static let herd: TimeInterval = 30

    /// - Parameters:
    ///   - session: to sign in to.
    ///   - arguments: what follows `aws sso login` for it, as `ResolvedProfile.signInArguments`.
    ///   - environment: of the AWS CLI; by default this process's.
    ///   - asksForCode: by the device flow, whatever the terminal.
    ///   - countsRecent: where nobody types, one that ended within `herd` before counts, too.
    ///   - joinsDaemon: false for a session that is only in files which the daemon does not read.
    init(
        to session: SSOSession, arguments: [String], environment: [String: String]? = nil, asksForCode: Bool = false,
        joinsDaemon: Bool = true, countsRecent: Bool = false
    ) {
        let own = ProcessInfo.processInfo.environment
        self.session = session
        self.arguments = arguments
        self.environment = environment ?? own
        self.joinsDaemon = joinsDaemon
        self.countsRecent = countsRecent
        place = SignInPlace(environment: own, asksForCode: asksForCode)
        prompt = SignInPrompt(place)
        paths = Paths(environment: own)
        startedAt = EventLoop.now()
        lock = SignInLock(session, stateFolder: paths.stateFolder)
        reader = FactsOnDisk(paths: paths, environment: own, at: startedAt)
        reader.readAll(at: startedAt)
        before = reader.token(of: session, at: startedAt)
    }

    /// Returns once the session works.
    /// - Throws: why it does not, and what to do.
    mutating func run() throws {
        try Folder.makePrivate(paths.stateFolder)
        while try !isOver() {
            guard timeLeft > 0 else {
                throw Failure("the sign-in to \(session.name) is still under way after \(seconds) s: \(again)")
            }
            if lock.isTaken {
                if let note = lock.note, note.failedAt == nil { prompt.show(url: note.url, code: note.code) }
                usleep(200_000)
                continue
            }
            if joinsDaemon {
                switch try DaemonSignIn(self).join() {
                case .signedIn:
                    guard works else { throw Failure(unhelped) }
                    return
                case .notThere: joinsDaemon = false
                }
                continue
            }
            // Somebody may have looked at it just now.
            guard let held = try lock.take() else {
                usleep(20_000)
                continue
            }
            defer { held.release() }
            // What was told while it was free is still there.
            if try !isOver() {
                isOwn = true
                try runHere()
            }
            return
        }
    }

    /// Seconds.
    var timeLeft: TimeInterval { startedAt.boot + limit - EventLoop.now().boot }
    private var limit: TimeInterval { min(SignInLock.longest, reader.facts.policy.signInTimeout) }
    var seconds: Int { Int(limit.rounded(.up)) }

    /// Since when what ended counts, in seconds since 1970.
    var since: Double { startedAt.wall.timeIntervalSince1970 - (countsRecent && !place.isTyped ? SignIn.herd : 0) }

    /// Whether somebody's sign-in has ended, and the session works.
    /// - Throws: where it came to nothing.
    func isOver() throws -> Bool {
        let now = EventLoop.now()
        if let token = reader.token(of: session, at: now).clocks, token.expiresAt > now.wall,
            token.fingerprint != before.clocks?.fingerprint
                || counts(token.writtenAt.timeIntervalSince1970, at: now)
        {
            return true
        }
        guard let note = lock.note, let failedAt = note.failedAt, counts(failedAt, at: now) else { return false }
        throw Failure(note.reason ?? unhelped)
    }

    /// What is dated later than now is from before the clock was set back.
    private func counts(_ ended: Double, at now: Moment) -> Bool {
        ended >= since && ended <= now.wall.timeIntervalSince1970 + 1
    }

    /// The token is good.
    var works: Bool { reader.hasGoodToken(session, at: EventLoop.now()) }

    var isNew: Bool {
        reader.token(of: session, at: EventLoop.now()).clocks?.fingerprint != before.clocks?.fingerprint
    }

    var unhelped: String {
        "the sign-in to \(session.name) ended, and its token in \(paths.tokenCache) is not good: bedrock-agent status"
    }

    var again: String { "run it again when you can answer it" }
}
