import FoundationEssentials
import Host
import SessionHealth

/// The silent refreshes under way: one program for each, and only so many at once.
final class Refreshes {
    /// More would only compete for the same cores and connection.
    private static let most = 4
    /// Seconds for the helper, well over its own limits: two answers of 30 s, and looks at the file between them. One
    /// that is killed between an answer and the disk loses the token that it was granted.
    private static let timeout: TimeInterval = 120

    private unowned let agent: Agent
    private var running: [String: any RunningProgram] = [:]
    private var waiting: [String: [VarlinkExchange]] = [:]

    init(_ agent: Agent) { self.agent = agent }

    /// Starts the refresh of a session.
    /// - Returns: false when it has to wait for another one to end.
    func start(_ session: SessionFacts, at now: Moment) -> Bool {
        let name = session.session.name
        guard running.count < Refreshes.most, running[name] == nil, let token = session.token.clocks else {
            return false
        }
        var output: [UInt8] = []
        agent.reader.update(name) { $0.refreshBegan(at: now) }
        do {
            let program = try agent.reader.refreshProgram(for: session, token, timeout: Refreshes.timeout)
            running[name] = try agent.launcher.run(
                program, onOutput: { output += $0.prefix(65536 - min(output.count, 65536)) },
                onEnd: { [unowned self] ending in self.ended(name, token, outcome(of: ending, output)) })
        } catch {
            ended(name, token, .failed(reason: "\(error)"))
        }
        return true
    }

    /// Refreshes now, due or not, and answers when that has ended.
    func start(_ name: String, for exchange: VarlinkExchange) {
        waiting[name, default: []].append(exchange)
        agent.reader.update(name) { $0.refreshIsAsked = !$0.isRefreshing }
        agent.step()
        guard let session = agent.reader.session(name), !session.isRefreshing, running.count < Refreshes.most else {
            return
        }
        // The plan has no refresh for it: the service refused this token, its file is damaged, or a sign-in runs.
        agent.reader.update(name) { $0.refreshIsAsked = false }
        let error = Control.unguarded("\(name) cannot be refreshed now: bedrock-agent status")
        for exchange in waiting.removeValue(forKey: name) ?? [] { exchange.fail(error) }
    }

    private func ended(_ name: String, _ token: TokenClocks, _ outcome: RefreshOutcome) {
        running[name] = nil
        let now = EventLoop.now()
        agent.reader.readToken(of: name, at: now)
        let hint = agent.facts.retryHint
        agent.reader.update(name) { session in
            let isNews = session.lastTry?.outcome.word != outcome.word || outcome.isSuccess
            session.refreshEnded(
                outcome, token: token, at: now, spread: Double.random(in: -1...1), jitter: Double.random(in: 0..<1),
                retryHint: hint)
            if isNews { agent.journal.record(JournalMessage(session, outcome)) }
        }
        for exchange in waiting.removeValue(forKey: name) ?? [] { exchange.reply(Array("{}".utf8)) }
        agent.stepSoon()
    }
}

private func outcome(of ending: ProgramEnding, _ output: [UInt8]) -> RefreshOutcome {
    switch ending {
    case .timedOut: return .offline(reason: "no answer in time")
    case .cannotStart(let reason): return .failed(reason: "bedrock-agent-net did not start: \(reason)")
    case .exited, .unknown:
        // It says how it went before it ends, whatever we hear of that.
        if let outcome = try? RefreshOutcome(json: output) { return outcome }
        let status = if case .exited(let code) = ending { "status \(code)" } else { "an unknown status" }
        return .failed(reason: "bedrock-agent-net ended with \(status) and no result")
    }
}
