import FoundationEssentials
import Host
import SessionHealth

/// The one sign-in that may be under way on this host, and who waits for it.
final class SignIns {
    private unowned let agent: Agent
    private var running: Running?
    private var waiting: [Waiter] = []

    private struct Running {
        var session: String
        var isAutomatic: Bool
        var output = SignInOutput()
        var process: SignInProcess?
    }

    private struct Waiter {
        var exchange: VarlinkExchange
        var wantsMore: Bool
    }

    init(_ agent: Agent) { self.agent = agent }

    /// Starts the command that signs in to the session. None is under way: the plan or the caller made sure.
    func start(_ session: SessionFacts, _ command: String, isAutomatic: Bool, isEarly: Bool) {
        let now = EventLoop.now()
        let name = session.session.name
        running = Running(session: name, isAutomatic: isAutomatic)
        agent.reader.facts.signInBegan(name, isAutomatic: isAutomatic, isEarly: isEarly, at: now.wall)
        agent.saveState()
        agent.journal.record(
            Event(
                Event.ID.signInStarted, .notice, "\(name): signs in (\(isAutomatic ? "by itself" : "as asked"))",
                Event.fields(of: session)))
        do {
            let process = try SignInProcess(
                agent.loop, ["/bin/sh", "-c", command], environment: agent.environment,
                timeout: agent.facts.policy.signInTimeout,
                onOutput: { [unowned self] in self.heard($0) },
                onEnd: { [unowned self] in self.ended($0) })
            running?.process = process
            agent.reader.runningSignIn = process.remembered(
                session: name, startedAt: now.wall, isAutomatic: isAutomatic)
            agent.saveState()
        } catch {
            finish("cannot-run", reason: "\(error)")
        }
    }

    /// Waits for a sign-in that an earlier daemon started and that still runs.
    func adopt() {
        guard let old = agent.reader.runningSignIn else { return }
        let deadline = old.startedAt + agent.facts.policy.signInTimeout
        agent.reader.facts.signIn = SignInInFlight(
            session: old.session, startedAt: old.startedAt, isAutomatic: old.isAutomatic)
        do {
            let process = try SignInProcess(
                agent.loop, adopting: old, timeLeft: deadline.timeIntervalSince(EventLoop.now().wall)
            ) { [unowned self] in self.ended($0) }
            running = Running(
                session: old.session, isAutomatic: old.isAutomatic, process: process)
        } catch {
            // It ended while nobody watched; whether it worked is in the token file.
            running = Running(session: old.session, isAutomatic: old.isAutomatic)
            finish("unwatched", reason: "it ended while no daemon ran")
        }
    }

    /// Joins the sign-in under way, or starts one; each reply says how it stands.
    func join(_ name: String, _ exchange: VarlinkExchange, wantsMore: Bool) {
        guard let session = agent.reader.session(name) else { return exchange.fail(Control.noSuchSession(name)) }
        if let running, running.session != name {
            return exchange.fail(
                Control.signInFailed("a sign-in to \(running.session) is under way; try again when it is done"))
        }
        let waiter = Waiter(exchange: exchange, wantsMore: wantsMore)
        if running == nil {
            switch session.command {
            case .approved(let command):
                waiting.append(waiter)
                agent.setBadRegistrationAside(of: session)
                start(session, command, isAutomatic: false, isEarly: false)
            case .missing:
                return exchange.fail(Control.unguarded("no awsAuthRefresh is set: bedrock-agent setup"))
            case .unapproved, .untrusted:
                return exchange.fail(Control.notApproved)
            }
        } else {
            waiting.append(waiter)
        }
        exchange.onClose = { [unowned self, unowned exchange] in
            self.waiting.removeAll { $0.exchange === exchange }
        }
        tell(waiter)
        // At once: the client's next call may ask how things stand.
        agent.step()
    }

    private func heard(_ bytes: [UInt8]) {
        guard var output = running?.output else { return }
        let before = (output.url, output.code)
        output.append(bytes)
        running?.output = output
        guard before != (output.url, output.code) else { return }
        agent.reader.facts.signIn?.url = output.url
        agent.reader.facts.signIn?.code = output.code
        waiting.forEach(tell)
        agent.stepSoon()
    }

    private func tell(_ waiter: Waiter) {
        guard waiter.wantsMore, let signIn = agent.facts.signIn else { return }
        waiter.exchange.replyNewest(Control.signInState(.signingIn, url: signIn.url, code: signIn.code))
    }

    private func ended(_ ending: SignInProcess.Ending) {
        running?.output.finish()
        switch ending {
        case .timedOut:
            finish("timed-out", reason: "nobody signed in within \(Int(agent.facts.policy.signInTimeout)) s")
        case .exited(0), .unknown: finish("changed-nothing", reason: "the command ended and the session is as before")
        case .exited(let status):
            let said = running?.output.lastLine.map { ": \($0)" } ?? ""
            finish("exit-\(status)", reason: "awsAuthRefresh ended with status \(status)\(said)")
        }
    }

    /// Judges a sign-in by what it changed, whatever its exit status; `word` and `reason` are for one that did not help.
    private func finish(_ word: String, reason: String = "") {
        guard let ended = running else { return }
        running = nil
        agent.reader.runningSignIn = nil
        let now = EventLoop.now()
        agent.reader.readToken(of: ended.session, at: now)
        let helped = agent.reader.facts.signInEnded(ended.session, word: word, at: now)
        let fields = agent.reader.session(ended.session).map { Event.fields(of: $0) } ?? [:]
        agent.journal.record(
            helped
                ? Event(Event.ID.signInEnded, .notice, "\(ended.session): signed in", fields)
                : Event(Event.ID.signInEnded, .warning, "\(ended.session): the sign-in did not help: \(reason)", fields)
        )
        if helped { agent.announceAnew(ended.session) }
        // An answered client may ask for the next sign-in at once: it waits for that one.
        let answered = waiting
        waiting = []
        for waiter in answered {
            if helped {
                waiter.exchange.reply(Control.signInState(.healthy, url: nil, code: nil))
            } else {
                waiter.exchange.fail(Control.signInFailed(reason))
            }
        }
        agent.stepSoon()
    }
}
