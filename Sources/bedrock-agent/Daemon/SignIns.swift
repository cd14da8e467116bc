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
        var program: (any RunningProgram)?
        /// The transient unit that it runs as.
        var unit: String?
    }

    private struct Waiter {
        var exchange: VarlinkExchange
        var wantsMore: Bool
    }

    /// What the service manager keeps the output of a sign-in as.
    static let keptName = "sign-in"

    init(_ agent: Agent) { self.agent = agent }

    /// Starts the command that signs in to the session. None is under way: the plan or the caller made sure.
    func start(_ session: SessionFacts, _ command: String, isAutomatic: Bool, isEarly: Bool) {
        let now = EventLoop.now()
        let name = session.session.name
        running = Running(session: name, isAutomatic: isAutomatic)
        agent.reader.facts.signInBegan(name, isAutomatic: isAutomatic, isEarly: isEarly, at: now.wall)
        agent.saveState()
        agent.journal.record(
            JournalMessage(
                JournalMessage.ID.signInStarted, .notice,
                "\(name): signs in (\(isAutomatic ? "by itself" : "as asked"))",
                JournalMessage.fields(of: session)))
        do {
            let program = Program(
                .signIn, key: session.session.tokenKeyHash, summary: "Sign-in to the AWS SSO session \(name)",
                command: ["/bin/sh", "-c", command], timeout: agent.facts.policy.signInTimeout)
            var record = AgentState.RunningSignIn(session: name, startedAt: now.wall, isAutomatic: isAutomatic)
            let running = try agent.launcher.run(
                program, onOutput: { [unowned self] in self.heard($0) }, onEnd: { [unowned self] in self.ended($0) })
            record.before = agent.facts.signIn?.before
            running.note(in: &record)
            keep(running, record)
        } catch {
            finish("cannot-run", reason: "\(error)")
        }
    }

    private func keep(_ program: any RunningProgram, _ record: AgentState.RunningSignIn) {
        running?.program = program
        running?.unit = record.unit
        agent.reader.runningSignIn = record
        agent.saveState()
        if let output = program.keptOutput { ServiceNotify.keep(output, as: SignIns.keptName) }
    }

    /// Waits for a sign-in that an earlier daemon started and that still runs: the one that it wrote down, else one that
    /// the service manager knows of.
    func adopt(output: OwnedDescriptor?) {
        var found = agent.reader.runningSignIn
        var units: [String] = []
        do {
            units = try agent.launcher.runningSignIns()
            if let unit = found?.unit, !units.contains(unit) { found = nil }
        } catch {
            // Who could not be asked now is asked again about the one that was written down.
        }
        guard let record = found ?? units.lazy.compactMap(record).first else {
            if output != nil { ServiceNotify.forget(SignIns.keptName) }
            return adoptNone()
        }
        agent.reader.facts.signIn = SignInInFlight(
            session: record.session, startedAt: record.startedAt, isAutomatic: record.isAutomatic,
            before: record.before, url: record.url, code: record.code)
        running = Running(session: record.session, isAutomatic: record.isAutomatic)
        running?.output = SignInOutput(url: record.url, code: record.code)
        do {
            let deadline = record.startedAt + agent.facts.policy.signInTimeout
            let program = try agent.launcher.adopt(
                record, output: output, timeLeft: deadline.timeIntervalSince(EventLoop.now().wall),
                onOutput: { [unowned self] in self.heard($0) }, onEnd: { [unowned self] in self.ended($0) })
            keep(program, record)
        } catch {
            finish("unwatched", reason: "it ended while no daemon ran", commandFailed: false)
        }
    }

    /// The one that was written down ended while nobody watched; whether it worked is in the token file.
    private func adoptNone() {
        guard let old = agent.reader.runningSignIn else { return }
        agent.reader.facts.signIn = SignInInFlight(
            session: old.session, startedAt: old.startedAt, isAutomatic: old.isAutomatic)
        running = Running(session: old.session, isAutomatic: old.isAutomatic)
        finish("unwatched", reason: "it ended while no daemon ran", commandFailed: false)
    }

    /// What can be told from a unit's name: the session, and when it was started.
    private func record(of unit: String) -> AgentState.RunningSignIn? {
        guard let (key, startedAt) = TransientUnit.parts(of: unit, .signIn) else { return nil }
        let session = agent.facts.sessions.first { $0.session.tokenKeyHash == key }
        var record = AgentState.RunningSignIn(
            session: session?.session.name ?? key, startedAt: startedAt, isAutomatic: true)
        record.unit = unit
        return record
    }

    /// Joins the sign-in under way, or starts one; each reply says how it stands. `isContinued`: an earlier daemon was
    /// asked, so the sign-in that is meant may be over.
    func join(_ name: String, _ exchange: VarlinkExchange, wantsMore: Bool, isContinued: Bool) {
        if isContinued, running == nil, let session = agent.reader.session(name) {
            let result = session.record.lastSignIn?.result ?? "unknown"
            return result == "ok"
                ? exchange.reply(Control.signInState(.healthy, url: nil, code: nil))
                : exchange.fail(Control.signInFailed("it ended while no daemon ran (\(result))"))
        }
        let waiter = Waiter(exchange: exchange, wantsMore: wantsMore)
        do {
            try ask(for: name, waiter)
        } catch {
            return exchange.fail(error)
        }
        exchange.onClose = { [unowned self, unowned exchange] in
            self.waiting.removeAll { $0.exchange === exchange }
        }
        tell(waiter)
        // At once: the client's next call may ask how things stand.
        agent.step()
    }

    /// Starts the sign-in that a person asks for, if none is under way to that session.
    /// - Throws: why it cannot run.
    func ask(for name: String) throws(VarlinkError) { try ask(for: name, nil) }

    private func ask(for name: String, _ waiter: Waiter?) throws(VarlinkError) {
        guard let session = agent.reader.session(name) else { throw Control.noSuchSession(name) }
        if let running {
            guard running.session == name else {
                throw Control.signInFailed("a sign-in to \(running.session) is under way; try again when it is done")
            }
            if let waiter { waiting.append(waiter) }
            return
        }
        switch session.command {
        case .approved(let command):
            if let waiter { waiting.append(waiter) }
            agent.setBadRegistrationAside(of: session)
            start(session, command, isAutomatic: false, isEarly: false)
        case .missing: throw Control.unguarded("no awsAuthRefresh is set: bedrock-agent setup")
        case .unapproved, .untrusted: throw Control.notApproved
        }
    }

    private func heard(_ bytes: [UInt8]) {
        guard var output = running?.output else { return }
        let before = (output.url, output.code)
        output.append(bytes)
        write(output.takeLines())
        running?.output = output
        guard before != (output.url, output.code) else { return }
        agent.reader.facts.signIn?.url = output.url
        agent.reader.facts.signIn?.code = output.code
        agent.reader.runningSignIn?.url = output.url
        agent.reader.runningSignIn?.code = output.code
        waiting.forEach(tell)
        agent.stepSoon()
    }

    /// What the command says, in the journal, as if its own unit had written it.
    private func write(_ lines: [String]) {
        guard let running else { return }
        var fields = agent.reader.session(running.session).map { JournalMessage.fields(of: $0) } ?? [:]
        fields["USER_UNIT"] = running.unit
        for line in lines {
            agent.journal.record(
                JournalMessage(JournalMessage.ID.childOutput, .info, "\(running.session): \(line)", fields))
        }
    }

    private func tell(_ waiter: Waiter) {
        guard waiter.wantsMore, let signIn = agent.facts.signIn else { return }
        waiter.exchange.replyNewest(Control.signInState(.signingIn, url: signIn.url, code: signIn.code))
    }

    private func ended(_ ending: ProgramEnding) {
        running?.output.finish()
        write(running?.output.takeLines() ?? [])
        switch ending {
        case .timedOut:
            finish("timed-out", reason: "nobody signed in within \(Int(agent.facts.policy.signInTimeout)) s")
        case .exited(0), .unknown:
            finish(
                "changed-nothing", reason: "the command ended and the session is as before", commandFailed: false)
        case .exited(let status):
            let said = running?.output.lastLine.map { ": \($0)" } ?? ""
            finish("exit-\(status)", reason: "awsAuthRefresh ended with status \(status)\(said)")
        case .cannotStart(let reason):
            finish("cannot-run", reason: reason)
        }
    }

    /// Judges a sign-in by what it changed, whatever its exit status; `word` and `reason` are for one that did not help.
    private func finish(_ word: String, reason: String = "", commandFailed: Bool = true) {
        guard let ended = running else { return }
        running = nil
        ServiceNotify.forget(SignIns.keptName)
        agent.reader.runningSignIn = nil
        let now = EventLoop.now()
        agent.reader.readToken(of: ended.session, at: now)
        let helped = agent.reader.facts.signInEnded(
            ended.session, word: word, commandFailed: commandFailed, at: now)
        let fields = agent.reader.session(ended.session).map { JournalMessage.fields(of: $0) } ?? [:]
        agent.journal.record(
            helped
                ? JournalMessage(JournalMessage.ID.signInEnded, .notice, "\(ended.session): signed in", fields)
                : JournalMessage(
                    JournalMessage.ID.signInEnded, .warning, "\(ended.session): the sign-in did not help: \(reason)",
                    fields)
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
