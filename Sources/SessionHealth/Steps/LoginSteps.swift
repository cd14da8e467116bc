import FoundationEssentials

/// How `bedrock-agent login` signs in, as steps without I/O. However many run at once, one of them, or the daemon, runs
/// the sign-in; all show where to sign in, and end with it.
///
/// Somebody else's sign-in counts if it ended after this one was asked for. Without a terminal to read from, as Claude
/// Code runs commands, one that ended up to `herd` seconds before counts too: of many sessions whose token expires,
/// some notice late. A session that merely looks valid does not count: there was a reason to ask.
package struct LoginSteps: Steps, Sendable {
    private enum State: Equatable, Sendable {
        case looking
        case joined
        /// The lock is ours; somebody may have signed in before that.
        case holding
        case preparing
        case running
        case judging(Ending, SignInOutput)
        case closing(End)
    }

    let session: SSOSession
    private let record: SessionRecord
    private let startedAt: Moment
    /// Sign-ins that ended after this count; in seconds since 1970.
    package private(set) var since: Double
    let limit: TimeInterval
    let tool: SignInTool
    let tokenCache: String
    /// The program was run here; no other sign-in was joined.
    package private(set) var isOwn = false
    /// Of the program that was run here, once it has failed.
    package private(set) var obstacle: SignInObstacle?
    private var joinsDaemon: Bool
    private let isDaemons: Bool
    private let needsCode: Bool
    private let endsSession: Bool
    private let isIfNeeded: Bool
    private var before: TokenFacts?
    /// False if the session still worked and somebody asked all the same.
    private var isNeeded = false
    private var shown: SignInNote?
    private var isRepeated = false
    private var state = State.looking

    /// Seconds; see above.
    package static let herd: TimeInterval = 30

    /// - Parameters:
    ///   - record: what an earlier process recorded about the session.
    ///   - countsRecent: one that ended up to `herd` seconds before counts, too.
    ///   - joinsDaemon: false for a session in files that the daemon does not read.
    ///   - isDaemons: the daemon runs it, so that it joins nobody and holds no lock.
    ///   - endsSession: the running portal session is to be ended, so that no refresh is a way out.
    ///   - needsCode: the person's browser is elsewhere: a page that calls back to this machine is none for them.
    ///   - isIfNeeded: there may have been no reason to ask: a session that works, as the portal says, is enough.
    ///   - limit: seconds for the whole sign-in.
    ///   - tokenCache: where the token is, for messages.
    ///   - now: when it was asked for.
    package init(
        to session: SSOSession, record: SessionRecord, countsRecent: Bool, joinsDaemon: Bool,
        isDaemons: Bool = false, needsCode: Bool = false,
        endsSession: Bool = false, isIfNeeded: Bool = false, limit: TimeInterval,
        tool: SignInTool, tokenCache: String, at now: Moment
    ) {
        self.session = session
        self.record = record
        startedAt = now
        since = now.wall.timeIntervalSince1970 - (countsRecent ? LoginSteps.herd : 0)
        self.joinsDaemon = joinsDaemon
        self.isDaemons = isDaemons
        self.needsCode = needsCode
        self.endsSession = endsSession
        self.isIfNeeded = isIfNeeded
        self.limit = limit
        self.tool = tool
        self.tokenCache = tokenCache
    }

    package static var first: Step { .look }

    /// Seconds.
    package func timeLeft(at now: Moment) -> TimeInterval { startedAt.boot + limit - now.boot }

    package mutating func next(_ outcome: Outcome, at now: Moment) -> Step {
        switch (state, outcome) {
        case (.closing(let end), _): return .end(end)
        case (_, .failed(let reason)): return .end(.failed(reason))
        case (.looking, .looked(let sight)): return looked(sight, at: now)
        case (.looking, .shown): return .pause(0.2)
        case (.looking, .paused), (.looking, .released): return .look
        case (.looking, .joined):
            state = .joined
            return .look
        case (.looking, .portal(let isOver)):
            // Where it has been ended since, only what comes from now on counts.
            since = startedAt.wall.timeIntervalSince1970
            return isOver ? .look : .end(.signedIn)
        case (.looking, .noDaemon):
            joinsDaemon = false
            return .look
        case (.joined, .looked(let sight)):
            return .end(works(sight, at: now) ? .signedIn : .failed(unhelped))
        // Another process may just have checked it.
        case (.looking, .lock(isOurs: false)): return .pause(0.02)
        case (.looking, .lock(isOurs: true)):
            state = .holding
            return .look
        case (.holding, .looked(let sight)):
            if let end = verdict(on: sight, at: now) { return .end(end) }
            guard sight.daemonSignsIn else { return .clearNote }
            // It looked at the lock just before that was ours.
            state = .looking
            joinsDaemon = true
            return .releaseLock
        case (.holding, .cleared): return .findCommand
        case (.holding, .found):
            state = .preparing
            return .look
        case (.preparing, .looked(let sight)):
            if facts(sight, at: now).registrationIsBad(at: now.wall) { return .setRegistrationAside }
            return mayRefresh(sight, at: now) ? .refresh : run(at: now)
        case (.preparing, .setAside): return run(at: now)
        case (.preparing, .refreshed(.registrationRefused?)): return .setRegistrationAside
        case (.preparing, .refreshed(let outcome)):
            guard outcome?.isSuccess == true, isNeeded else { return run(at: now) }
            state = .closing(.signedIn)
            return .clearNote
        case (.running, .ran(let ending, let output)):
            state = .judging(ending, output)
            return .look
        case (.judging(let ending, let output), .looked(let sight)): return judge(ending, output, sight, at: now)
        case (.judging(let ending, let output), .setAside(let wasThere)):
            return wasThere ? run(at: now) : give(up: ending, output, at: now)
        default: return .end(.failed("the sign-in to \(session.name) reached an unexpected state; please report this"))
        }
    }

    // MARK: Before it is ours

    private mutating func looked(_ sight: Sight, at now: Moment) -> Step {
        if before == nil {
            let facts = facts(sight, at: now)
            before = facts.token
            let token = facts.token.clocks
            isNeeded = !works(sight, at: now) || facts.record.refusal?.fingerprint == token?.fingerprint
            if isIfNeeded, !isNeeded, !isDaemons { return .askPortal }
        }
        if isDaemons {
            state = .holding
            return .findCommand
        }
        if let end = verdict(on: sight, at: now) {
            // It was there before this one was asked for, and there was a reason to ask.
            let isOld = end == .signedIn && !isNew(clocks(sight, at: now))
            return isOld && since < startedAt.wall.timeIntervalSince1970 ? .askPortal : .end(end)
        }
        guard timeLeft(at: now) > 0 else {
            let text = "the sign-in to \(session.name) is still under way after \(seconds) s"
            return .end(.failed("\(text): run it again when you are ready to sign in"))
        }
        if sight.isTaken {
            guard let note = sight.note, note.failedAt == nil, note != shown else { return .pause(0.2) }
            if needsCode, note.url.map(SignInOutput.callsBack) == true {
                // One of its own, beside that; the first that works ends the other.
                state = .holding
                return .findCommand
            }
            shown = note
            return .show(url: note.url, code: note.code)
        }
        return joinsDaemon ? .askDaemon : .takeLock
    }

    /// How somebody's sign-in ended: the session works, or it failed. Nil while neither is known.
    package func verdict(on sight: Sight, at now: Moment) -> End? {
        if let token = clocks(sight, at: now), token.expiresAt > now.wall,
            isNew(token) || counts(token.writtenAt.timeIntervalSince1970, at: now)
        {
            return .signedIn
        }
        guard let note = sight.note, let failedAt = note.failedAt, counts(failedAt, at: now) else { return nil }
        return .failed(note.reason ?? unhelped)
    }

    /// A date in the future is from before the clock was set back.
    private func counts(_ ended: Double, at now: Moment) -> Bool {
        ended >= since && ended <= now.wall.timeIntervalSince1970 + 1
    }

    private func isNew(_ token: TokenClocks?) -> Bool {
        before.map { token?.fingerprint != $0.clocks?.fingerprint } ?? false
    }

    /// Whether a sign-in that the session needed has become needless: there is a new token.
    package func isOver(_ sight: Sight, at now: Moment) -> Bool {
        isNeeded && !endsSession && works(sight, at: now) && isNew(clocks(sight, at: now))
    }

    private func clocks(_ sight: Sight, at now: Moment) -> TokenClocks? {
        sight.reading.token.facts(after: .absent, at: now).clocks
    }

    private func works(_ sight: Sight, at now: Moment) -> Bool {
        clocks(sight, at: now).map { $0.expiresAt > now.wall } ?? false
    }

    private func facts(_ sight: Sight, at now: Moment) -> SessionFacts {
        var facts = SessionFacts(session: session, profiles: [])
        facts.token = sight.reading.token.facts(after: .absent, at: now)
        facts.registration = sight.reading.registration ?? .absent
        facts.record = record
        return facts
    }

    // MARK: Once it is ours

    /// By PKCE, the AWS CLI hears nothing of a client that the service does not know; a refresh tells. With our own tool,
    /// it is only for what may make the sign-in needless.
    private func mayRefresh(_ sight: Sight, at now: Moment) -> Bool {
        guard !endsSession, !isDaemons, let token = clocks(sight, at: now), token.isRefreshable(at: now.wall) else {
            return false
        }
        return tool != .own || !works(sight, at: now) && record.refusal?.fingerprint != token.fingerprint
    }

    private mutating func run(at now: Moment) -> Step {
        guard timeLeft(at: now) > 0 else {
            return .end(
                .failed("Identity Center did not answer within \(seconds) s: check the network, and run it again"))
        }
        state = .running
        isOwn = true
        return .runCommand(timeLeft: timeLeft(at: now))
    }

    private mutating func judge(_ ending: Ending, _ output: SignInOutput, _ sight: Sight, at now: Moment) -> Step {
        if case .left(let number) = ending { return .end(.interrupted(number)) }
        if case .interrupted(let number) = ending {
            state = .closing(.interrupted(number))
            return .clearNote
        }
        if works(sight, at: now), ending == .exited(0) || !endsSession && isNew(clocks(sight, at: now)) {
            state = .closing(.signedIn)
            return .clearNote
        }
        // The service no longer knows the client, and the AWS CLI would use it again and again.
        if tool != .own, !isRepeated, output.namesUnknownClient {
            isRepeated = true
            return .setRegistrationAside
        }
        return give(up: ending, output, at: now)
    }

    private mutating func give(up ending: Ending, _ output: SignInOutput, at now: Moment) -> Step {
        let reason = reason(ending, output)
        state = .closing(.failed(reason))
        if tool == .own, case .exited(let status) = ending { obstacle = SignInObstacle(rawValue: status) }
        return .tell(SignInNote(failedAt: now.wall.timeIntervalSince1970, reason: reason, obstacle: obstacle))
    }
}
