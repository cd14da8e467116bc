import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// Does the steps of `AuthorizationSteps`, and holds what is needed from one to the next. A signal ends it while it waits,
/// for a person or for an answer; never between an answer and the file.
final class AuthorizationPerformer {
    private let tokenFile: String
    private let registrationFile: String
    /// The lock of the session's refreshes.
    private let lockFile: String
    private let service: OIDCService
    /// The base URL of the access portal, where the running session is ended; nil where it is not to be.
    private let portal: String?
    private let loop: EventLoop
    private var signals: [EventSource] = []
    private var time: Timer?
    /// Who shows the page; nil where no session is to be ended.
    private let asker: pid_t?
    private var kept: KeptGrant?
    private var server: LoopbackServer?
    private var requests: [LoopbackServer.Request] = []
    private var signal: Int32?
    private var callback: Callback?
    private var isOver = false
    private var isGranted = false

    /// Bytes that a token file may need.
    private static let room = 64 * 1024

    /// - Parameter lockFile: of the session's refreshes; a token that cannot be written where it belongs is kept beside it.
    init(
        tokenFile: String, registrationFile: String, lockFile: String, portal: String?, asker: pid_t?,
        service: OIDCService
    ) throws {
        self.tokenFile = tokenFile
        self.registrationFile = registrationFile
        self.lockFile = lockFile
        self.service = service
        self.portal = portal
        self.asker = asker
        loop = try EventLoop()
        signals = try BlockedSignals.endings.map { number in
            try loop.signal(number) { [unowned self] in self.signal = number }
        }
        time = try loop.timer(.boottime, accuracy: 1000) { [unowned self] in self.isOver = true }
    }

    func outcome(of step: AuthorizationSteps.Step) -> AuthorizationSteps.Outcome {
        do {
            return try perform(step)
        } catch {
            return .failed("\(error)")
        }
    }

    /// What was granted and could not be written waits for the next exchange.
    func end() {
        if !isGranted { kept?.forget() }
    }

    private func perform(_ step: AuthorizationSteps.Step) throws -> AuthorizationSteps.Outcome {
        switch step {
        case .readRegistration:
            return .registration((try? FileContent(of: registrationFile, limit: AuthorizationPerformer.room))?.bytes)
        case .listen:
            let server = try LoopbackServer(loop) { [unowned self] in self.hear($0) }
            self.server = server
            return .listening(port: server.port)
        case .ask(let request): return .answered(service.ask(request))
        case .keepRegistration(let registration): try AtomicWrite.write(registration.json, to: registrationFile)
        case .setRegistrationAside(let date): _ = try CachedRegistration.setAside(registrationFile, at: date)
        case .reserve: try reserve()
        case .endSession: try endSession()
        case .show(let page): StandardOutput.write(Array(page.lines.utf8))
        case .pause(let seconds): return wait(seconds) { false } ?? .done
        case .awaitCallback(let seconds):
            callback = nil
            let outcome = wait(seconds) { self.callback != nil }
            return outcome ?? callback.map { .calledBack($0) } ?? .done
        case .answerBrowser(let page):
            for request in requests { request.answer(page.status, html: page.html, script: CallbackPage.script) }
            requests = []
        case .write(let bytes): try write(bytes)
        case .end: break
        }
        return .done
    }

    /// Nil when the time has passed, or what was waited for has come.
    private func wait(_ seconds: TimeInterval, until isDone: () -> Bool) -> AuthorizationSteps.Outcome? {
        isOver = false
        time?.arm(after: seconds)
        while !isOver, !isDone(), signal == nil { _ = loop.runOnce(timeout: UInt64.max) }
        return signal.map { .interrupted($0) }
    }

    private func hear(_ request: LoopbackServer.Request) {
        guard let found = Callback(target: request.target) else {
            return request.answer("404 Not Found", html: "<!doctype html><title>404</title>There is no such page.")
        }
        requests.append(request)
        callback = callback ?? found
    }

    private func endSession() throws {
        // There would be nobody to show the page.
        guard getppid() == asker else {
            throw NetFailure(.failed, "whoever asked for it has left, so the session was not ended")
        }
        // No refresh of ours may write a token of the session meanwhile.
        let lock = try FileLock(lockFile, .endless)
        defer { lock.release() }
        guard let portal, let file = TokenFile(asItIs: tokenFile), file.document.accessToken.isToken else { return }
        do throws(HTTPExchange.NoAnswer) {
            let answer = try service.exchange.post(
                [], to: portal + "/logout", headers: ["x-amz-sso_bearer_token: \(file.document.accessToken)"])
            // With a page in it, it is somebody else's answer.
            let isTheirs =
                answer.status == 401 || [200, 204].contains(answer.status) && answer.body.first != UInt8(ascii: "<")
            guard isTheirs else { throw HTTPExchange.NoAnswer(reason: "HTTP \(answer.status)") }
        } catch {
            throw NetFailure(.offline, "the access portal did not end the session: \(error.reason)")
        }
        // Unless somebody has signed in anew.
        if try file.remove(at: tokenFile) { try kept?.beginAnew() }
    }

    /// Named by the refresh token in the file, if there is one: what is granted and cannot be put in its place is found
    /// there by the next exchange.
    private func reserve() throws {
        try Folder.create(Folder.holding(tokenFile))
        Leftovers.sweepOld(beside: registrationFile)
        // While a refresh runs, that has done it.
        if let lock = try? FileLock(lockFile, .none) {
            try? KeptGrant.recover(tokenFile, otherwise: lockFile)
            lock.release()
        }
        let kept = try KeptGrant(
            of: tokenFile, otherwise: lockFile, bytes: AuthorizationPerformer.room, isLocked: false)
        self.kept = kept
        if let grant = TokenFile(asItIs: tokenFile)?.document.grant { try kept.begin(grant) }
    }

    private func write(_ bytes: [UInt8]) throws {
        isGranted = true
        guard let kept else { return try AtomicWrite.write(bytes, to: tokenFile) }
        _ = kept.keep(bytes, like: TokenFile(asItIs: tokenFile))
        try kept.put(bytes)
        kept.forget()
    }
}

extension CallbackPage {
    fileprivate var status: String {
        switch self {
        case .signedIn, .failed: "200 OK"
        case .notOurs: "400 Bad Request"
        }
    }

    /// Takes the authorization code out of the address bar.
    fileprivate static let script = "history.replaceState(null, '', '/')"

    fileprivate var html: String {
        let (title, text) =
            switch self {
            case .signedIn: ("Signed in", "You can close this tab and go on in your terminal.")
            case .failed(let reason):
                ("Not signed in", "\(reason.escapedMarkup(quotes: true)). Start it again from your terminal.")
            case .notOurs:
                (
                    "Not this sign-in",
                    "This answer does not belong to the sign-in that waits here. Use the page that was opened last."
                )
            }
        return """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>\(title)</title>
            <style>body { font: 1.1em sans-serif; margin: 4em auto; max-width: 32em; padding: 0 1em }</style>
            <h1>\(title)</h1><p>\(text)</p><p>bedrock-agent</p>
            """
    }
}
