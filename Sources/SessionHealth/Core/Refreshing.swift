import FoundationEssentials

// Refreshes in the background: one program per session, and a limited number at once.

/// A refresh under way.
struct RefreshWork: Sendable {
    /// The token to refresh.
    var token: TokenClocks
    /// On the boot clock.
    var startedAt: TimeInterval
    /// How it ended; set while the token is being read again.
    var outcome: RefreshOutcome?

    /// More would only compete for cores and bandwidth.
    static let most = 4
}

extension Core {
    /// Starts the refresh of a session.
    /// - Returns: false if it has to wait for another one to end.
    mutating func startRefresh(of index: Int, at now: Moment) -> Bool {
        let session = facts.sessions[index]
        let name = session.session.name
        guard refreshes.count < RefreshWork.most, refreshes[name] == nil, let token = session.token.clocks else {
            return false
        }
        facts.sessions[index].refreshBegan()
        refreshes[name] = RefreshWork(token: token, startedAt: now.boot)
        guard let endpoint = session.endpoint else {
            end(name, .failed(reason: session.endpointProblem ?? "the endpoint of \(name) is unknown"))
            return true
        }
        emit(
            .startRefresh(
                RefreshOrder(
                    session: session.session, expiresAt: token.expiresAt, endpoint: endpoint,
                    caBundle: session.caBundle, claudeFolder: session.claudeFolder, timeout: RefreshOrder.patience)))
        return true
    }

    mutating func refreshEnded(_ name: String, _ ending: ProgramEnding, _ output: [UInt8]) {
        end(name, RefreshOutcome(of: ending, output))
    }

    private mutating func end(_ name: String, _ outcome: RefreshOutcome) {
        refreshes[name]?.outcome = outcome
        if let session = session(name) { readTokens([session.session]) } else { forget(name) }
    }

    /// The session is no longer guarded.
    private mutating func forget(_ name: String) {
        refreshes[name] = nil
        answer(name)
        emit(.settle)
    }

    /// The token has been read since the refresh ended.
    mutating func finishRefresh(of name: String, at now: Moment) {
        guard let work = refreshes[name], let outcome = work.outcome else { return }
        refreshes[name] = nil
        let hint = facts.retryHint
        let spread = Double.random(in: -1...1, using: &random)
        let jitter = Double.random(in: 0..<1, using: &random)
        var isNews = false
        update(name) { session in
            isNews = session.lastTry?.outcome.word != outcome.word || outcome.isSuccess
            session.refreshEnded(
                outcome, token: work.token, startedAt: work.startedAt, at: now, spread: spread, jitter: jitter,
                retryHint: hint)
        }
        if isNews, let session = session(name) { record(JournalMessage(session, outcome)) }
        answer(name)
    }

    mutating func answer(_ name: String, _ reply: Reply = .done) {
        for client in refreshWaiters.removeValue(forKey: name) ?? [] { emit(.reply(client, reply)) }
    }

    /// Refreshes now, due or not, and replies when that has ended.
    mutating func askForRefresh(of name: String, _ client: ClientID, at now: Moment) throws(ControlError) {
        guard let session = session(name), let clocks = session.token.clocks, clocks.isRefreshable(at: now.wall)
        else {
            throw .unguarded(
                session(name)?.session.kind == .login
                    ? "\(name) is of aws login: the AWS tools renew its credentials when they use them"
                    : "\(name) has no refresh token: bedrock-agent login")
        }
        if let refusal = session.record.refusal, refusal.fingerprint == clocks.fingerprint {
            guard case .refused = refusal.outcome else {
                throw .unguarded("Identity Center no longer refreshes \(name): bedrock-agent login")
            }
            // Whoever asks may have fixed the cause of the refusal.
            forgetRefusals()
        }
        if client != .nobody || refreshWaiters[name] == nil { refreshWaiters[name, default: []].append(client) }
        update(name) { $0.refreshIsAsked = !$0.isRefreshing }
        step(at: now)
    }

    /// Who asked for a refresh that the plan does not make waits in vain: the service refused the token, its file is
    /// damaged or gone, or a sign-in is running.
    mutating func refuseRefreshes(at now: Moment) {
        for name in refreshWaiters.keys.sorted() where refreshes[name] == nil {
            guard let index = configuration.sessionIndex[name], plan.sessions[index].action != .refresh else {
                continue
            }
            // A file that is being written is read again soon, and refreshed then.
            if case .torn(let since, _, _) = facts.sessions[index].token, now.boot - since < facts.policy.tornPatience {
                continue
            }
            facts.sessions[index].refreshIsAsked = false
            answer(name, .failed(.unguarded("\(name) cannot be refreshed now: bedrock-agent status")))
        }
    }
}

extension RefreshOutcome {
    /// Reads what `bedrock-agent-net refresh` printed, which counts however the program ended.
    init(of ending: ProgramEnding, _ output: [UInt8]) {
        switch ending {
        case .timedOut: self = .offline(reason: "no answer in time")
        case .cannotStart(let reason): self = .failed(reason: "bedrock-agent-net did not start: \(reason)")
        case .exited, .unknown:
            if let outcome = try? RefreshOutcome(json: output) {
                self = outcome
                return
            }
            // By somebody, or by the kernel for want of memory. Any other signal is a fault of its own.
            if case .exited(-9) = ending {
                self = .offline(reason: "bedrock-agent-net was killed")
                return
            }
            let status = if case .exited(let code) = ending { "status \(code)" } else { "an unknown status" }
            self = .failed(reason: "bedrock-agent-net exited with \(status) and no result")
        }
    }
}
