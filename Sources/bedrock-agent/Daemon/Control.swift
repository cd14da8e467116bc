import FoundationEssentials
import Host
import SessionHealth

/// The methods of `org.bedrockagent.Control` and `org.varlink.service`.
final class Control {
    private unowned let agent: Agent
    private var monitors: [VarlinkExchange] = []
    /// The answer to `GetStatus`, made once for as long as it is true.
    private var prepared: (status: Status, parameters: [UInt8], reply: [UInt8])?

    init(_ agent: Agent) { self.agent = agent }

    func answer(_ call: VarlinkCall, _ exchange: VarlinkExchange) {
        do {
            try dispatch(call, exchange)
        } catch {
            exchange.fail(error)
        }
    }

    private func dispatch(_ call: VarlinkCall, _ exchange: VarlinkExchange) throws(VarlinkError) {
        switch call.method {
        case "org.bedrockagent.Control.GetStatus":
            try call.allow()
            exchange.reply(prepared: current().reply)
        case "org.bedrockagent.Control.Monitor":
            try call.allow()
            guard call.wantsMore else { throw VarlinkError("org.varlink.service.ExpectedMore") }
            monitors.append(exchange)
            exchange.onClose = { [unowned self, unowned exchange] in self.monitors.removeAll { $0 === exchange } }
            exchange.replyNewest(current().parameters)
        case "org.bedrockagent.Control.SignIn":
            try call.allow("session")
            agent.signIns.join(try name(call), exchange, wantsMore: call.wantsMore, isContinued: call.isContinued)
        case "org.bedrockagent.Control.Refresh":
            try call.allow("session")
            try refresh(try name(call), exchange)
        case "org.bedrockagent.Control.Approve":
            try call.allow("command")
            try approve(try call.string("command"), exchange)
        case "org.bedrockagent.Control.Reload":
            try call.allow()
            agent.reload()
            exchange.reply(Array("{}".utf8))
        default: try VarlinkService.answer(call, exchange, ControlInterface.all)
        }
    }

    /// The session that a call names; without a name, the one that Claude Code uses.
    private func name(_ call: VarlinkCall) throws(VarlinkError) -> String {
        if let name = try call.string("session") {
            guard agent.reader.session(name) != nil else { throw Control.noSuchSession(name) }
            return name
        }
        switch agent.facts.claude.subject {
        case .session(let name): return name
        case .unguarded(let reason, let fix): throw Control.unguarded("\(reason); \(fix)")
        case .misconfigured: throw Control.unguarded("a file is wrong: bedrock-agent status")
        }
    }

    private func refresh(_ name: String, _ exchange: VarlinkExchange) throws(VarlinkError) {
        guard let session = agent.reader.session(name), let clocks = session.token.clocks,
            clocks.isRefreshable(at: EventLoop.now().wall)
        else {
            throw Control.unguarded("\(name) has nothing to refresh with: bedrock-agent login")
        }
        if let refusal = session.record.refusal, refusal.fingerprint == clocks.fingerprint {
            guard case .refused = refusal.outcome else {
                throw Control.unguarded("Identity Center no longer refreshes \(name): bedrock-agent login")
            }
            // Whoever asks may have mended what was refused.
            agent.reader.forgetRefusals()
        }
        agent.refreshes.start(name, for: exchange)
    }

    private func approve(_ command: String?, _ exchange: VarlinkExchange) throws(VarlinkError) {
        guard let command, command == agent.facts.claude.awsAuthRefresh else { throw .invalidParameter("command") }
        do {
            try Approvals(path: agent.paths.approvals).approve(command)
        } catch {
            throw Control.signInFailed("\(error)")
        }
        agent.journal.record(
            JournalMessage(JournalMessage.ID.commandApproved, .notice, "awsAuthRefresh approved: \(command)"))
        agent.reload()
        exchange.reply(Array("{}".utf8))
    }

    /// Tells the monitors, when something that they can see is different.
    func publish() {
        guard !monitors.isEmpty else { return prepared = nil }
        let before = prepared?.status
        prepared = nil
        let now = current()
        guard now.status != before else { return }
        for monitor in monitors { monitor.replyNewest(now.parameters) }
    }

    private func current() -> (status: Status, parameters: [UInt8], reply: [UInt8]) {
        if let prepared { return prepared }
        let status = agent.status()
        let parameters = Array(#"{"status":"#.utf8) + status.json + [UInt8(ascii: "}")]
        let made = (status, parameters, VarlinkReply.bytes(parameters, continues: false))
        prepared = made
        return made
    }

    // MARK: Replies

    static func signInState(_ condition: Condition, url: String?, code: String?) -> [UInt8] {
        var members = ["state": condition.rawValue]
        members["url"] = url
        members["code"] = code
        return VarlinkReply.object(members)
    }

    static let notApproved = VarlinkError("org.bedrockagent.Control.NotApproved")

    static func noSuchSession(_ name: String) -> VarlinkError {
        VarlinkError("org.bedrockagent.Control.NoSuchSession", ["session": name])
    }

    static func signInFailed(_ reason: String) -> VarlinkError {
        VarlinkError("org.bedrockagent.Control.SignInFailed", ["reason": reason])
    }

    static func unguarded(_ reason: String) -> VarlinkError {
        VarlinkError("org.bedrockagent.Control.Unguarded", ["reason": reason])
    }
}
