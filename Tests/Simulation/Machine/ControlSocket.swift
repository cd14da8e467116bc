import FoundationEssentials
import SessionHealth

/// The control socket, held by the service manager: a call that arrives while no daemon runs waits for the next one.
final class ControlSocket {
    private struct Call {
        var request: Request
        /// A daemon handed the call over when it stopped.
        var isContinued = false
        var askedAt: TimeInterval
        /// A sign-in that ended since then counts.
        var countsFrom: TimeInterval
        /// The last status that was sent, and whether the sign-in page was ever sent.
        var told: Status?
        var knowsPage = false
        var knowsCode = false
        var isTold = false
        /// What this daemon last told about the sign-in.
        var page: Reply?
        var onMore: (Reply) -> Void
        /// Called with nil when the connection is lost.
        var onReply: (Reply?) -> Void
    }

    private unowned let world: World
    private(set) var isServing = false
    private var servesSince: TimeInterval = 0
    private var calls: [ClientID: Call] = [:]
    /// The clients that no daemon has accepted yet, in order.
    private var waiting: [ClientID] = []
    private var lastClient: ClientID = 0

    /// Seconds within which every call must be answered: another client's whole sign-in, and its own.
    private static let patience: TimeInterval = 600

    init(_ world: World) { self.world = world }

    /// The current status; nil if no daemon runs.
    func status() -> Status? { isServing ? world.daemon.core?.status(at: world.now.wall) : nil }

    @discardableResult
    func call(
        _ request: Request, onMore: @escaping (Reply) -> Void = { _ in }, onReply: @escaping (Reply?) -> Void = { _ in }
    ) -> ClientID {
        lastClient += 1
        let client = lastClient
        var countsFrom = world.time
        if case .signIn(_, _, _, let since?) = request {
            countsFrom = min(countsFrom, world.time - world.now.wall.timeIntervalSince(since))
        }
        calls[client] = Call(
            request: request, askedAt: world.time, countsFrom: countsFrom, onMore: onMore, onReply: onReply)
        waiting.append(client)
        if isServing { takeCalls() }
        expectReply(client)
        return client
    }

    func hangUp(_ client: ClientID) {
        guard calls.removeValue(forKey: client) != nil else { return }
        if waiting.contains(client) { waiting.removeAll { $0 == client } } else { world.daemon.tell(.hungUp(client)) }
    }

    /// Calls without a reply yet.
    var unanswered: [String] { calls.keys.sorted().compactMap { calls[$0].map { "\($0.request)" } } }

    private func expectReply(_ client: ClientID) {
        guard let call = calls[client], call.request != .monitor else { return }
        let since = max(call.askedAt, world.lastWake, isServing ? servesSince : world.time)
        guard world.time < since + ControlSocket.patience else {
            return world.checks.violate("\(call.request) is not answered")
        }
        world.after(since + ControlSocket.patience - world.time) { [self] in expectReply(client) }
    }

    // MARK: The daemon

    func serve() {
        isServing = true
        servesSince = world.time
        takeCalls()
    }

    private func takeCalls() {
        let life = world.daemon.life
        while isServing, life == world.daemon.life, let client = waiting.first {
            waiting.removeFirst()
            guard var call = calls[client] else { continue }
            if case .signIn(let session, let wantsMore, _, let since) = call.request {
                call.request = .signIn(
                    session: session, wantsMore: wantsMore, isContinued: call.isContinued, since: since)
                calls[client] = call
            }
            if case .refresh(let session) = call.request { world.refreshChecks.asks(for: session) }
            world.daemon.tell(.called(client, call.request))
        }
    }

    func reply(_ reply: Reply, to client: ClientID) {
        guard let call = calls.removeValue(forKey: client) else {
            return world.checks.violate("\(reply) for a call that nobody waits for any more")
        }
        if reply == .signIn(.healthy, url: nil, code: nil) { check(call) }
        if case .refresh(let session) = call.request { world.refreshChecks.answered(about: session, reply) }
        world.after(0.001) { call.onReply(reply) }
    }

    func tell(_ reply: Reply, to client: ClientID) {
        guard let call = calls[client] else {
            return world.checks.violate("\(reply) told to one who went away")
        }
        calls[client]?.isTold = true
        if case .status(let status) = reply { calls[client]?.told = status }
        if case .signIn(_, let url, let code) = reply {
            if code != nil, url == nil, !world.signInChecks.mayNotKnowPage {
                world.checks.violate("a code is told, and not where")
            }
            if url != nil, reply == call.page, isOurs(call) { world.checks.violate("the same page is told twice") }
            calls[client]?.page = reply
            if url != nil { calls[client]?.knowsPage = true }
            if code != nil { calls[client]?.knowsCode = true }
        }
        world.after(0.001) { call.onMore(reply) }
    }

    // MARK: Checks

    /// The daemon's own sign-in is the one that the call waits for.
    private func isOurs(_ call: Call) -> Bool {
        guard case .signIn(let name, _, _, _) = call.request, let signIn = world.daemon.core?.facts.signIn else {
            return false
        }
        return signIn.session == name ?? world.home.sessions.first?.name
    }

    /// Checks that the sign-in that the call waited for has produced a valid token.
    private func check(_ call: Call) {
        guard case .signIn(let name, let wantsMore, _, _) = call.request else { return }
        let session = world.home.sessions.first { name == nil || $0.name == name }
        if let session, let file = world.home.document(of: session), file.expiresAt <= world.now.wall {
            world.checks.violate("\(session.name) is said to work, and does not")
        }
        guard let session, !call.isContinued else { return }
        if !world.signInChecks.mayHaveHelped(session, since: call.countsFrom) {
            world.checks.violate("\(session.name) is said to be signed in to, and nobody has tried")
        }
        guard let helper = world.signInChecks.helper(to: session, since: call.askedAt) else { return }
        let since = max(call.askedAt, world.lastWake, helper.saidPageAt ?? world.time)
        guard wantsMore, !helper.mayBeForgotten, !helper.isForgotten, !world.hasCrashes, world.time > since + 5 else {
            return
        }
        if !call.knowsPage || helper.hasCode && !call.knowsCode {
            world.checks.violate("one who waited for a sign-in to \(session.name) was not told where it is")
        }
    }

    /// The accepted calls that wait for a sign-in to the session.
    private func waiters(for session: SSOSession) -> [Call] {
        calls.filter { client, call in
            guard case .signIn(let name, _, _, _) = call.request, !waiting.contains(client) else { return false }
            return name == session.name || (name == nil && session == world.home.sessions.first)
        }.map(\.value)
    }

    /// A sign-in to the session has begun: clients that asked for progress must have been told.
    func expectTold(of session: SSOSession) {
        for call in waiters(for: session) where !call.isTold {
            if case .signIn(_, wantsMore: true, _, _) = call.request {
                world.checks.violate("a sign-in to \(session.name) begins, and one who waits is not told")
            }
        }
    }

    /// Whether there are such calls, all made before that time.
    func allAsked(for session: SSOSession, before time: TimeInterval) -> Bool {
        let waiters = waiters(for: session)
        return !waiters.isEmpty && waiters.allSatisfy { $0.askedAt < time - 1 }
    }

    func expectMonitors(toKnow condition: Condition) {
        for (client, call) in calls where call.request == .monitor && !waiting.contains(client) {
            if call.told?.condition != condition {
                world.checks.violate(
                    "a monitor was told \(call.told.map { "\($0.condition)" } ?? "nothing"), not \(condition)")
            }
        }
    }

    /// The daemon died: accepted connections are lost, waiting ones are not.
    func loseAll() {
        isServing = false
        for client in calls.keys.sorted() where !waiting.contains(client) {
            guard let call = calls.removeValue(forKey: client) else { continue }
            world.after(0.001) { call.onReply(nil) }
        }
    }

    /// The daemon stopped, and handed its connections over to the next one.
    func handOver() {
        isServing = false
        let taken = calls.keys.sorted().filter { !waiting.contains($0) }
        for client in taken {
            calls[client]?.isContinued = true
            calls[client]?.page = nil
        }
        waiting = taken + waiting
    }
}
