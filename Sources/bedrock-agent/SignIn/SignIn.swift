import ArgumentParser
import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// A sign-in that a command asks for: does the steps of `LoginSteps`.
final class SignIn {
    let session: SSOSession
    let place: SignInPlace
    let paths: Paths
    let prompt: SignInPrompt
    private let tool: SignInTool
    private let endsSession: Bool
    /// Of the program that signs in.
    private let environment: [String: String]
    private let watch = Stopwatch()
    let lock: SignInLock
    private let steps: LoginSteps
    private let joinsDaemon: Bool
    /// The daemon runs it, and tells the others.
    private let isDaemons: Bool
    /// Of which the portal can be asked whether the session works.
    private let profile: ResolvedProfile?
    /// This command ran it, and joined nobody else's.
    private(set) var isOwn = false
    private var held: FileLock?
    /// The program that signs in, once it is looked for.
    private var program: Found?

    /// - Parameters:
    ///   - session: to sign in to.
    ///   - tool: what signs in; the arguments of the AWS CLI are `ResolvedProfile.signInArguments`.
    ///   - environment: of the program that signs in; by default this process's.
    ///   - asksForCode: by the device flow, whatever the terminal.
    ///   - deviceCommand: what the person runs for that.
    ///   - profile: that leads to the session, with its services and certificates; without one the portal is not asked.
    ///   - countsRecent: where nobody types, one that ended a moment before counts, too.
    ///   - endsSession: the running portal session is ended first, when all else is ready. By our own tool.
    ///   - joinsDaemon: false for a session in files that the daemon does not read.
    ///   - isIfNeeded: nothing is done where the session works.
    init(
        to session: SSOSession, with tool: SignInTool = .own, environment: [String: String]? = nil,
        asksForCode: Bool = false, deviceCommand: String? = nil,
        joinsDaemon: Bool = true, profile: ResolvedProfile? = nil, countsRecent: Bool = false,
        endsSession: Bool = false,
        isIfNeeded: Bool = false
    ) {
        let own = ProcessInfo.processInfo.environment
        self.joinsDaemon = joinsDaemon
        self.profile = profile
        self.session = session
        self.tool = tool
        self.endsSession = endsSession
        paths = Paths(environment: own)
        self.environment = Program.withoutDaemon(
            environment ?? ClaudeEnvironment(ClaudeFolder(own: own)).merged)
        place = SignInPlace(environment: own, asksForCode: asksForCode)
        lock = SignInLock(session, stateFolder: paths.stateFolder)
        let reader = FactsOnDisk(environment: own, at: watch.start)
        reader.readConfiguration(at: watch.start)
        let limit = min(SignInLock.longest, reader.facts.policy.signInTimeout)
        prompt = SignInPrompt(place, limit: limit, deviceCommand: deviceCommand)
        // Its record may not have been written.
        isDaemons =
            Program.isWithinDaemons(own, session)
            || Program.isDaemons(own, session) && reader.state.running?.session == session.name
        steps = LoginSteps(
            to: session, record: reader.facts(of: session, at: watch.start).record,
            countsRecent: countsRecent && !place.isTyped, joinsDaemon: joinsDaemon,
            isDaemons: isDaemons, needsCode: place.isDeviceFlow,
            endsSession: endsSession, isIfNeeded: isIfNeeded,
            limit: limit, tool: tool, tokenCache: paths.tokenCache, at: watch.start)
    }

    /// Returns once the session works.
    /// - Throws: why it does not, and what to do.
    func run() throws {
        try Folder.makePrivate(paths.stateFolder)
        defer { held?.release() }
        var steps = steps
        let end = drive(
            &steps, end: { if case .end(let end) = $0 { end } else { nil } },
            outcome: { step, steps in
                do {
                    return try perform(step, steps)
                } catch {
                    return .failed("\(error)")
                }
            })
        isOwn = steps.isOwn
        switch end {
        case .signedIn: return
        case .failed(let reason): throw Failure(reason + advice(on: reason, steps))
        case .interrupted(let number): throw ExitCode(128 + number)
        }
    }

    /// What to do about it. Only at a terminal: others keep what is said, or show it where there is little room.
    private func advice(on reason: String, _ steps: LoginSteps) -> String {
        guard isatty(STDERR_FILENO) == 1 else { return "" }
        let others = lock.note.flatMap { $0.reason == reason ? $0.obstacle : nil }
        return (steps.obstacle ?? others).map { ": \($0.advice(for: session))" } ?? ""
    }

    private func perform(_ step: LoginSteps.Step, _ steps: LoginSteps) throws -> LoginSteps.Outcome {
        switch step {
        case .look:
            var sight = sight
            // What the daemon began before the lock was ours; later it waits for us.
            if held != nil, program == nil, joinsDaemon || endsSession {
                sight.daemonSignsIn = DaemonSignIn(self, steps, watch).isUnderWay() || isForeignDaemons
            }
            return .looked(sight)
        case .show(let url, let code):
            prompt.show(url: url, code: code)
            return .shown
        case .pause(let seconds):
            usleep(UInt32(seconds * 1e6))
            return .paused
        case .askPortal: return .portal(isOver: isOver)
        case .askDaemon: return try DaemonSignIn(self, steps, watch).join() ? .joined : .noDaemon
        case .takeLock: return .lock(isOurs: try takeLock())
        case .releaseLock:
            held?.release()
            held = nil
            return .released
        case .findCommand:
            program = try find(for: steps.timeLeft(at: watch.now))
            return .found
        case .clearNote:
            if held != nil { lock.clear() }
            return .cleared
        case .setRegistrationAside: return .setAside(try setRegistrationAside())
        case .refresh: return .refreshed(refresh(for: steps.timeLeft(at: watch.now)))
        case .runCommand(let timeLeft):
            return try runCommand(for: timeLeft) { [self] in steps.isOver(sight, at: watch.now) }
        case .tell(let note):
            if held != nil { lock.tell(note) }
            return .told
        case .end: return .told
        }
    }

    /// - Returns: whether it is ours.
    private func takeLock() throws(SystemError) -> Bool {
        do {
            held = try lock.take()
            return held != nil
        } catch {
            guard [EACCES, EPERM, EROFS, ENOSPC, EDQUOT].contains(error.number) else { throw error }
            // Better two sign-ins than none.
            say("\(error); signing in all the same".printable)
            return true
        }
    }

    /// What is there to see now.
    var sight: LoginSteps.Sight {
        LoginSteps.Sight(
            reading: SessionReading(session, paths.places), note: lock.note,
            isTaken: held == nil && (lock.isTaken || isForeignDaemons))
    }

    /// A daemon on another machine with this home is signing in.
    private var isForeignDaemons: Bool {
        !isDaemons && lock.isTakenByDaemon && !VarlinkClient.hasDaemon(paths)
    }

    /// Whether the portal refuses the token that looks valid.
    private var isOver: Bool {
        guard let profile else { return false }
        do {
            _ = try NetExchange(environment: environment, paths: paths).accounts(
                of: session, endpoints: profile.endpoints, caBundle: profile.caBundle(in: environment))
            return false
        } catch {
            return error.kind == .sessionOver
        }
    }

    /// Nil where it cannot be tried.
    private func refresh(for timeLeft: TimeInterval) -> RefreshOutcome? {
        guard let profile, let token = sight.reading.token.facts(after: .absent, at: watch.now).clocks,
            let order = try? RefreshOrder(session, of: profile, token, environment, within: timeLeft)
        else { return nil }
        return order.outcome(paths, environment)
    }

    private enum Found {
        /// The AWS CLI and what follows `aws sso login`.
        case aws(AWSCommand, [String])
        /// `bedrock-agent-net sign-in` with its options, and nothing of how long it may take.
        case own([String])
    }

    private func find(for timeLeft: TimeInterval) throws -> Found {
        guard case .awsCLI(let arguments) = tool else { return .own(try own()) }
        return .aws(try AWSCommand.find(environment, timeLeft: timeLeft), arguments)
    }

    private func own() throws -> [String] {
        let endpoints = profile?.endpoints ?? EndpointSettings()
        let endpoint = try endpoints.url(for: .ssoOIDC, region: session.region, environment: environment)
        try Folder.create(paths.locks)
        var options = [
            ("token-file", paths.places.token(session.tokenFileName)),
            ("registration-file", paths.places.token(session.registrationFileName)), ("start-url", session.startURL),
            ("region", session.region), ("endpoint", endpoint),
            ("lock-file", "\(paths.locks)/\(session.tokenFileName)"),
        ]
        if endsSession {
            let portal = try endpoints.url(for: .sso, region: session.region, environment: environment)
            options += [("end-session-at", portal), ("asker", "\(getpid())")]
        }
        if let startURL = try resolvedStartURL() { options.append(("resolved-start-url", startURL)) }
        if session.kind == .ssoSession { options.append(("session", session.name)) }
        options += (session.scopes ?? []).map { ("scope", $0) }
        if let caBundle { options.append(("ca-bundle", caBundle)) }
        // `--name=value`, so that a value starting with a hyphen is not taken for an option.
        return [try Programs().net, "sign-in"] + options.map { "--\($0.0)=\($0.1)" }
            + (place.isDeviceFlow ? ["--device-code"] : [])
    }

    private var caBundle: String? {
        profile?.caBundle(in: environment) ?? EndpointSettings.caBundle(in: environment)
    }

    /// Where a company's own start URL leads; nil for AWS's.
    private func resolvedStartURL() throws -> String? {
        guard !StartURL.isOfAWS(session.startURL) else { return nil }
        let found = try NetExchange(environment: environment, paths: paths)
            .resolve(session.startURL, caBundle: caBundle)
        guard let region = found.region, region != session.region else { return found.startURL }
        throw Failure(
            "\(session.startURL) leads to Identity Center in \(region), but sso_region of \(session.name) is"
                + " \(session.region): correct it in the AWS config file")
    }

    private func runCommand(
        for timeLeft: TimeInterval, isOver: @escaping () -> Bool
    ) throws -> LoginSteps.Outcome {
        guard let program else { return .failed("no program was found that signs in") }
        let opens = tool == .own && place.opensBrowser
        var isOpened = false
        let run = try SignInProgram(isOwn: tool == .own) { [lock, held, prompt] output in
            // First for the next command: whoever sees the page may end this one.
            if held != nil { lock.tell(.init(url: output.url, code: output.code)) }
            prompt.show(url: output.url, code: output.code)
            guard opens, !isOpened, let url = output.completeURL ?? output.url else { return }
            isOpened = true
            Browser.open(url, Program.withoutDaemon(ProcessInfo.processInfo.environment))
        }
        let command =
            switch program {
            case .aws(let aws, let arguments): aws.signIn(arguments, at: place, for: timeLeft, environment)
            case .own(let command): command + ["--timeout", "\(Int(timeLeft) + 5)"]
            }
        let ending = try run.run(
            command, environment: environment, timeout: timeLeft, holding: held,
            endsWithUs: place.isTyped || isDaemons || endsSession,
            isOver: isOver)
        return .ran(ending, run.output)
    }

    /// - Returns: false where there is none.
    private func setRegistrationAside() throws -> Bool {
        let path = paths.places.token(session.registrationFileName)
        guard let file = try CachedRegistration.setAside(path, at: watch.now.wall) else { return false }
        say("the cached client registration of \(session.name) is no longer valid; it was renamed to \(file)".printable)
        return true
    }
}
