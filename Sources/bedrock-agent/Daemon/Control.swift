import FoundationEssentials
import Host
import SessionHealth

/// `org.bedrockagent.Control`, between Varlink's bytes and the core's requests and replies.
final class Control {
    private let tell: (Event) -> Void
    private let status: (_ folder: String?) throws(ControlError) -> Status
    private var waiting: [ClientID: VarlinkExchange] = [:]
    private var lastClient: ClientID = .nobody
    /// The replies to `GetStatus` by what it was asked about, kept as long as they are true.
    private var prepared: [String?: [UInt8]] = [:]

    /// - Parameter status: how things stand, as one of Claude Code's folders sees it.
    init(
        tell: @escaping (Event) -> Void, status: @escaping (_ folder: String?) throws(ControlError) -> Status
    ) {
        self.tell = tell
        self.status = status
    }

    func take(_ call: VarlinkCall, _ exchange: VarlinkExchange) {
        do throws(VarlinkError) {
            if call.method == "org.bedrockagent.Control.GetStatus" {
                try call.allow("claudeFolder")
                exchange.reply(prepared: try answer(about: try call.string("claudeFolder")))
            } else if let request = try request(call) {
                ask(request, exchange)
            } else {
                try VarlinkService.answer(call, exchange, ControlInterface.service)
            }
        } catch {
            exchange.fail(error)
        }
    }

    /// The request of one of our methods; nil for any other method.
    private func request(_ call: VarlinkCall) throws(VarlinkError) -> Request? {
        switch call.method {
        case "org.bedrockagent.Control.Monitor":
            try call.allow()
            guard call.wantsMore else { throw VarlinkError("org.varlink.service.ExpectedMore") }
            return .monitor
        case "org.bedrockagent.Control.SignIn":
            try call.allow("session", "since")
            return .signIn(
                session: try call.string("session"), wantsMore: call.wantsMore, isContinued: call.isContinued,
                since: try time(call, "since"))
        case "org.bedrockagent.Control.Refresh":
            try call.allow("session")
            return .refresh(session: try call.string("session"))
        case "org.bedrockagent.Control.Approve":
            try call.allow("command")
            return .approve(command: try call.string("command"))
        case "org.bedrockagent.Control.Reload":
            try call.allow()
            return .reload
        default: return nil
        }
    }

    private func time(_ call: VarlinkCall, _ name: String) throws(VarlinkError) -> Date? {
        guard let text = try call.string(name) else { return nil }
        do {
            return try Timestamp.parse(text)
        } catch {
            throw .invalidParameter(name)
        }
    }

    private func ask(_ request: Request, _ exchange: VarlinkExchange) {
        guard !exchange.isOneway else { return tell(.called(.nobody, request)) }
        lastClient += 1
        let client = lastClient
        waiting[client] = exchange
        exchange.onClose = { [unowned self] in
            waiting[client] = nil
            tell(.hungUp(client))
        }
        tell(.called(client, request))
    }

    // MARK: Replies

    /// The last one to a call.
    func reply(_ reply: Reply, to client: ClientID) {
        guard let exchange = waiting.removeValue(forKey: client) else { return }
        switch bytes(reply) {
        case .success(let parameters): exchange.reply(parameters)
        case .failure(let error): exchange.fail(error)
        }
    }

    /// An intermediate reply; for a slow client only the newest is kept.
    func tell(_ reply: Reply, to client: ClientID) {
        if case .success(let parameters) = bytes(reply) { waiting[client]?.replyNewest(parameters) }
    }

    /// The prepared answer may be out of date.
    func forgetAnswer() { prepared = [:] }

    private func answer(about folder: String?) throws(VarlinkError) -> [UInt8] {
        if let known = prepared[folder] { return known }
        let status: Status
        do {
            status = try self.status(folder)
        } catch {
            throw VarlinkError(error)
        }
        let made = VarlinkReply.bytes(parameters(status), continues: false)
        prepared[folder] = made
        return made
    }

    private func parameters(_ status: Status) -> [UInt8] {
        Array(#"{"status":"#.utf8) + status.json + [UInt8(ascii: "}")]
    }

    private func bytes(_ reply: Reply) -> Result<[UInt8], VarlinkError> {
        switch reply {
        case .done: return .success(Array("{}".utf8))
        case .status(let status): return .success(parameters(status))
        case .signIn(let condition, let url, let code):
            var members = ["state": condition.rawValue]
            members["url"] = url
            members["code"] = code
            return .success(VarlinkReply.object(members))
        case .failed(let error): return .failure(VarlinkError(error))
        }
    }
}

extension VarlinkError {
    fileprivate init(_ error: ControlError) {
        let name = "org.bedrockagent.Control.\(error.word)"
        switch error {
        case .noSuchSession(let session): self.init(name, ["session": session])
        case .notApproved: self.init(name)
        case .signInFailed(let reason), .unguarded(let reason): self.init(name, ["reason": reason])
        case .invalidParameter(let parameter): self = .invalidParameter(parameter)
        }
    }
}
