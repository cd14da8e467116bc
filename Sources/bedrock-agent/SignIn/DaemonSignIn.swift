import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// A sign-in that the daemon runs, and this command waits for.
struct DaemonSignIn {
    private let signIn: SignIn
    private let steps: LoginSteps
    private let watch: Stopwatch
    private var name: String { signIn.session.name }

    /// Seconds for which a daemon may be away during a restart.
    private static let patience: TimeInterval = 20
    /// Seconds for a sign-in to say where its page is.
    private static let patienceForAddress: TimeInterval = 5
    /// Seconds for its status: a daemon that hangs is as good as none, unless it began a sign-in before.
    private static let longestSilence: TimeInterval = 10

    init(_ signIn: SignIn, _ steps: LoginSteps, _ watch: Stopwatch) {
        self.signIn = signIn
        self.steps = steps
        self.watch = watch
    }

    /// Asks for the sign-in, and again where the daemon was restarted meanwhile: the sign-in itself goes on.
    /// - Returns: false if there is no daemon, or it would not sign in to this session: it is up to us.
    /// - Throws: why it did not help.
    func join() throws -> Bool {
        guard var client = try first() else { return try isOver() }
        var isAsked = false
        while true {
            do {
                guard try isWanted(client, isAsked: isAsked) else { return isAsked }
                isAsked = true
                try ask(client)
                return true
            } catch let error as SystemError where [ECONNRESET, EPIPE].contains(error.number) {
                guard let next = try nextDaemon() else { return try isOver() }
                client = next
            } catch let error as SystemError where error.number == ETIMEDOUT {
                guard !isAsked else {
                    if try isOver() { return true }
                    throw Failure("nobody signed in to \(name) in time; the sign-in continues: bedrock-agent status")
                }
                guard let next = try afterSilence() else { return try isOver() }
                client = next
            } catch let error as VarlinkError {
                return try answer(to: error)
            }
        }
    }

    /// The daemon, or the next one where its sign-in is still running; nil without any.
    private func first() throws -> VarlinkClient? {
        do {
            return try VarlinkClient.connect(signIn.paths) ?? (running == nil ? nil : nextDaemon())
        } catch let error as SystemError where error.number == ETIMEDOUT {
            return try afterSilence()
        }
    }

    /// A daemon that answers after one that did not; nil if there is nothing to ask it.
    private func afterSilence() throws -> VarlinkClient? {
        guard running == nil else { return try daemonAfterSignIn() }
        say("the daemon does not answer: systemctl --user restart bedrock-agent")
        return nil
    }

    /// Whether the daemon signs in to the session now, in a way that helps here.
    func isUnderWay() -> Bool {
        guard let client = try? VarlinkClient.connect(signIn.paths) else { return running != nil }
        client.setTimeout(seconds(min(timeLeft, DaemonSignIn.longestSilence)))
        do {
            guard let found = try session(client), found.condition == .signingIn else { return false }
            return !isOutOfReach(found.signIn?.url)
        } catch {
            return running != nil
        }
    }

    /// A sign-in of this machine's daemon that helps here. It goes on also where the daemon is silent, or gone.
    private var running: AgentState.RunningSignIn? {
        guard let running = (try? StateFile(path: signIn.paths.state).read())?.running,
            running.session == name, !isOutOfReach(running.url), running.isAlive(signIn.paths)
        else { return nil }
        return running
    }

    private func session(_ client: VarlinkClient) throws -> Status.Session? {
        try client.status().status.sessions.first { $0.name == name }
    }

    /// Somebody with a browser elsewhere cannot complete the daemon's page, or is not told where it is, and makes a
    /// sign-in of their own; the first that works ends the other.
    private func isOutOfReach(_ url: String?) -> Bool {
        signIn.place.isDeviceFlow && url.map(SignInOutput.callsBack) != false
    }

    private var timeLeft: TimeInterval { steps.timeLeft(at: watch.now) }

    /// Whether somebody's sign-in has ended, and the session works.
    /// - Throws: where it came to nothing.
    private func isOver() throws -> Bool {
        let sight = LoginSteps.Sight(
            reading: SessionReading(signIn.session, signIn.paths.places), note: signIn.lock.note, isTaken: false)
        switch steps.verdict(on: sight, at: watch.now) {
        case .failed(let reason): throw Failure(reason)
        case let end: return end != nil
        }
    }

    /// Whether to ask the daemon.
    /// - Throws: where the sign-in that counts came to nothing.
    private func isWanted(_ client: VarlinkClient, isAsked: Bool) throws -> Bool {
        client.setTimeout(seconds(isAsked ? timeLeft : min(timeLeft, DaemonSignIn.longestSilence)))
        var found = try session(client)
        let asked = Stopwatch()
        while signIn.place.isDeviceFlow, found?.condition == .signingIn, found?.signIn?.url == nil,
            asked.elapsed < DaemonSignIn.patienceForAddress
        {
            usleep(100_000)
            found = try session(client)
        }
        if let found, found.condition == .signingIn { return !isOutOfReach(found.signIn?.url) }
        // Whole seconds are written down.
        if let last = found?.lastSignIn, last.at.timeIntervalSince1970 >= steps.since - 1, last.result != "ok" {
            throw Failure("the sign-in to \(name) failed (\(last.result)): bedrock-agent status")
        }
        if isAsked { return try !isOver() }
        // A daemon opens no browser for somebody on another machine.
        return found != nil && !signIn.place.isDeviceFlow
    }

    private func ask(_ client: VarlinkClient) throws {
        let since = Timestamp.formatExactly(Date(timeIntervalSince1970: steps.since))
        do {
            try ask(client, ["session": name, "since": since])
        } catch let error as VarlinkError where error == .invalidParameter("since") {
            // It is of an earlier version.
            try ask(client, ["session": name])
        }
    }

    private func ask(_ client: VarlinkClient, _ parameters: [String: String]) throws {
        client.setTimeout(seconds(timeLeft))
        try client.call("org.bedrockagent.Control.SignIn", parameters, more: true) { reply in
            let root = try JSONNode(parsing: reply.span)
            signIn.prompt.show(
                url: root.member("url", in: reply.span)?.string(in: reply.span),
                code: root.member("code", in: reply.span)?.string(in: reply.span))
            client.setTimeout(seconds(timeLeft))
        }
    }

    private func seconds(_ time: TimeInterval) -> Int { max(1, Int(time)) }

    private func answer(to error: VarlinkError) throws -> Bool {
        switch error.name {
        case "org.bedrockagent.Control.NoSuchSession", "org.bedrockagent.Control.Unguarded": return false
        case "org.bedrockagent.Control.NotApproved":
            say("awsAuthRefresh has not been approved, so the daemon does not run it: bedrock-agent approve")
            return false
        default: throw Failure("\(name): \(error)")
        }
    }

    /// The next daemon after one that ended. Its sign-in continues without it: while that is running, nothing else is
    /// started.
    private func nextDaemon() throws -> VarlinkClient? {
        let lost = Stopwatch()
        while timeLeft > 0, try !isOver() {
            // One that drops each connection is not asked without a pause, either.
            usleep(200_000)
            if let client = try? VarlinkClient.connect(signIn.paths) { return client }
            let running = running
            signIn.prompt.show(url: running?.url, code: running?.code)
            guard running != nil || lost.elapsed < DaemonSignIn.patience else { break }
        }
        return nil
    }

    /// The daemon once its sign-in has ended: until then it is silent, and its record tells where the page is.
    /// - Returns: nil if there is nothing more to ask it.
    private func daemonAfterSignIn() throws -> VarlinkClient? {
        say("the daemon does not answer; waiting for the sign-in that it began")
        while timeLeft > 0, let running, try !isOver() {
            signIn.prompt.show(url: running.url, code: running.code)
            usleep(500_000)
        }
        return try nextDaemon()
    }
}
