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
    /// What follows `aws sso login`.
    private let arguments: [String]
    /// Of the AWS CLI.
    private let environment: [String: String]
    private let watch = Stopwatch()
    private let lock: SignInLock
    private let steps: LoginSteps
    private let joinsDaemon: Bool
    /// Of which the portal can be asked whether the session works.
    private let profile: ResolvedProfile?
    /// This command ran it, and joined nobody else's.
    private(set) var isOwn = false
    private var held: FileLock?
    private var aws: AWSCommand?

    /// - Parameters:
    ///   - session: to sign in to.
    ///   - arguments: what follows `aws sso login` for it, as `ResolvedProfile.signInArguments`.
    ///   - environment: of the AWS CLI; by default this process's.
    ///   - asksForCode: by the device flow, whatever the terminal.
    ///   - profile: that leads to the session; without one the portal is not asked.
    ///   - countsRecent: where nobody types, one that ended a moment before counts, too.
    ///   - joinsDaemon: false for a session in files that the daemon does not read.
    init(
        to session: SSOSession, arguments: [String], environment: [String: String]? = nil, asksForCode: Bool = false,
        joinsDaemon: Bool = true, profile: ResolvedProfile? = nil, countsRecent: Bool = false
    ) {
        let own = ProcessInfo.processInfo.environment
        self.joinsDaemon = joinsDaemon
        self.profile = profile
        self.session = session
        self.arguments = arguments
        paths = Paths(environment: own)
        self.environment = environment ?? ClaudeEnvironment(ClaudeFolder(own: own)).merged
        place = SignInPlace(environment: own, asksForCode: asksForCode)
        prompt = SignInPrompt(place)
        lock = SignInLock(session, stateFolder: paths.stateFolder)
        let reader = FactsOnDisk(environment: own, at: watch.start)
        reader.readConfiguration(at: watch.start)
        steps = LoginSteps(
            to: session, record: reader.facts(of: session, at: watch.start).record,
            countsRecent: countsRecent && !place.isTyped, joinsDaemon: joinsDaemon,
            limit: min(SignInLock.longest, reader.facts.policy.signInTimeout),
            command: "aws sso login \(arguments.joined(separator: " "))", tokenCache: paths.tokenCache,
            at: watch.start)
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
        case .failed(let reason): throw Failure(reason)
        case .interrupted(let number): throw ExitCode(128 + number)
        }
    }

    private func perform(_ step: LoginSteps.Step, _ steps: LoginSteps) throws -> LoginSteps.Outcome {
        switch step {
        case .look:
            var sight = sight
            // What the daemon began before the lock was ours; later it waits for us.
            if held != nil, aws == nil, joinsDaemon {
                sight.daemonSignsIn = DaemonSignIn(self, steps, watch).isUnderWay()
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
        case .takeLock:
            held = try lock.take()
            return .lock(isOurs: held != nil)
        case .releaseLock:
            held?.release()
            held = nil
            return .released
        case .findCommand:
            aws = try AWSCommand.find(environment, timeLeft: steps.timeLeft(at: watch.now))
            return .found
        case .clearNote:
            lock.clear()
            return .cleared
        case .setRegistrationAside: return .setAside(try setRegistrationAside())
        case .refresh: return .refreshed(refresh(for: steps.timeLeft(at: watch.now)))
        case .runCommand(let timeLeft):
            return try runCommand(for: timeLeft) { [self] in steps.isOver(sight, at: watch.now) }
        case .tell(let note):
            lock.tell(note)
            return .told
        case .end: return .told
        }
    }

    /// What is there to see now.
    var sight: LoginSteps.Sight {
        LoginSteps.Sight(
            reading: SessionReading(session, paths.places), note: lock.note, isTaken: held == nil && lock.isTaken)
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
            let endpoint = try? profile.endpoints.url(
                for: .ssoOIDC, region: session.region, environment: environment)
        else { return nil }
        let order = RefreshOrder(
            session: session, expiresAt: token.expiresAt, endpoint: endpoint,
            caBundle: profile.caBundle(in: environment), timeout: min(RefreshOrder.patience, timeLeft))
        return order.outcome(paths, environment)
    }

    private func runCommand(
        for timeLeft: TimeInterval, isOver: @escaping () -> Bool
    ) throws -> LoginSteps.Outcome {
        guard let aws else { return .failed("the AWS CLI was not found") }
        let cli = try CLISignIn { [lock, prompt] output in
            lock.tell(.init(url: output.url, code: output.code))
            prompt.show(url: output.url, code: output.code)
        }
        let ending = try cli.run(
            [aws.path, "sso", "login"] + arguments + flags(aws), environment: environment, timeout: timeLeft,
            holding: held, isTyped: place.isTyped, isOver: isOver)
        return .ran(ending, cli.output)
    }

    private func flags(_ aws: AWSCommand) -> [String] {
        (place.isDeviceFlow && aws.hasDeviceCodeFlag ? [AWSCommandLine.deviceCode] : [])
            + (place.opensBrowser ? [] : ["--no-browser"])
    }

    /// - Returns: false where there is none.
    private func setRegistrationAside() throws -> Bool {
        let path = paths.places.token(session.registrationFileName)
        guard let file = try CachedRegistration.setAside(path, at: watch.now.wall) else { return false }
        say("the cached client registration of \(session.name) is no longer valid; it was renamed to \(file)")
        return true
    }
}
