import FoundationEssentials
import SessionHealth

/// What must hold for every refresh of the daemon's, and for whoever asks for one.
final class RefreshChecks {
    private unowned let world: World
    /// The sessions that somebody asked to be refreshed, and has not been answered about.
    private var asked: Set<String> = []
    /// The token of each session whose last refresh failed: that is tried again, due or not.
    private var tried: [String: String] = [:]
    /// The tokens that the service has refused for good, as this daemon knows.
    private var refused: [String: Int] = [:]
    private var begins: [String: TimeInterval] = [:]
    /// The sessions that somebody signs in to by hand while a refresh is under way.
    private var byHand: Set<String> = []
    /// How long before their expiry tokens were refreshed without having been asked for, at least and at most.
    private(set) var leads = (least: TimeInterval.infinity, most: TimeInterval.zero)
    private var networkReturnedAt: TimeInterval = -1

    /// The latest that a retry starts, in seconds after its instant.
    private static let lateness: TimeInterval = 3

    init(_ world: World) { self.world = world }

    func networkReturns() { networkReturnedAt = world.time }

    private func clocks(of session: SSOSession) -> TokenClocks? {
        let token = world.disk.token(Home.places.token(session.tokenFileName))
        return if case .found(let clocks) = token { clocks } else { nil }
    }

    private func session(_ name: String?) -> SSOSession? {
        world.home.sessions.first { name == nil || $0.name == name }
    }

    // MARK: Whoever asks

    func asks(for name: String?) {
        if let session = session(name) { asked.insert(session.name) }
    }

    /// A refresh then tells whether the session is over.
    func signInFailed(_ name: String) { asked.insert(name) }

    func answered(about name: String?, _ reply: Reply) {
        guard let session = session(name) else { return }
        // Where its endpoint is wrong, no program has tried.
        if asked.remove(session.name) != nil, reply == .done { tried[session.name] = clocks(of: session)?.fingerprint }
        guard case .failed(.unguarded) = reply, mayBeRefreshed(session) else { return }
        world.checks.violate("\(session.name) is not refreshed for somebody who asks, and could be")
    }

    private func mayBeRefreshed(_ session: SSOSession) -> Bool {
        guard let core = world.daemon.core, core.session(session.name) != nil,
            core.facts.signIn?.session != session.name,
            !world.daemon.watchFails, core.facts.unwatched == nil,
            world.time > world.disk.lastChange(of: Home.places.token(session.tokenFileName)) + Daemon.notice,
            let grant = world.home.document(of: session)?.grant, !world.service.refused.contains(grant.refreshToken)
        else { return false }
        return clocks(of: session)?.isRefreshable(at: world.now.wall) == true
    }

    // MARK: Each refresh

    func begins(_ order: RefreshOrder) {
        let name = order.session.name
        // A clock that was set back since the last one is a reason, also with a token written after that.
        let isClockKnown = begins[name].map { world.clockSetAt < $0 } ?? true
        let isFirst = begins[name] ?? -1 < world.daemon.startedAt
        begins[name] = world.time
        if let token = clocks(of: order.session)?.fingerprint, refused[token] == world.daemon.life {
            world.checks.violate("a refresh of \(name), whose token was refused")
        }
        // What is in the file may be used up where an earlier refresh has left something.
        guard asked.remove(name) == nil, !(isFirst && world.home.reading(of: order.session).hasKeptGrant),
            isClockKnown, let clocks = clocks(of: order.session),
            world.clockSetAt < world.disk.lastChange(of: Home.places.token(order.session.tokenFileName)),
            clocks.expiresAt == order.expiresAt, tried[name] != clocks.fingerprint
        else { return }
        let policy = Policy()
        let lifetime = clocks.expiresAt.timeIntervalSince(clocks.writtenAt)
        let ahead = min(policy.refreshAhead, lifetime > 0 ? lifetime / 2 : policy.refreshAhead)
        let lead = clocks.expiresAt.timeIntervalSince(world.now.wall)
        if lead > ahead - 1 { leads = (min(leads.least, lead), max(leads.most, lead)) }
        if lead > ahead * 1.05 + 1 {
            world.checks.violate("a refresh of \(name) that is not due, and that nobody asked for")
        }
    }

    /// Somebody signs in with another program, just before the daemon knows how its refresh ended.
    func signsInByHand(to session: SSOSession) {
        if world.daemon.core?.session(session.name)?.record.signedInAt != nil { byHand.insert(session.name) }
    }

    /// It was killed, which the daemon is told.
    func dies(_ session: SSOSession) { tried[session.name] = clocks(of: session)?.fingerprint }

    /// It has ended, and the daemon knows.
    func ends(_ process: RefreshProcess, _ outcome: RefreshOutcome) {
        let session = process.order.session
        if process.life == world.daemon.life, let facts = world.daemon.core?.session(session.name), !facts.isRefreshing,
            facts.record.lastRefresh != .init(at: world.now.wall, result: outcome.word)
        {
            world.checks.violate("the last refresh of \(session.name) is not remembered")
        }
        let path = Home.places.token(session.tokenFileName)
        lookAtEnd(of: session, process, outcome, isUnchanged: world.disk.lastChange(of: path) < process.startedAt)
        tried[session.name] = outcome.isSuccess ? nil : clocks(of: session)?.fingerprint
        guard case .offline = outcome, process.life == world.daemon.life, networkReturnedAt > process.startedAt
        else { return }
        // Whatever came back may have come back too late for this one.
        let endedAt = world.time
        let endedBoot = world.now.boot
        world.after(Policy().hintPause + RefreshChecks.lateness) { [self] in
            guard process.life == world.daemon.life, world.lastWake < endedAt, begins[session.name] ?? 0 < endedAt,
                let core = world.daemon.core, core.facts.signIn?.session != session.name,
                core.session(session.name)?.lastTry?.at.boot == endedBoot,
                world.disk.lastChange(of: path) < process.startedAt,
                clocks(of: session)?.isRefreshable(at: world.now.wall) == true,
                world.programs.refreshCount < Checks.mostRefreshes
            else { return }
            world.checks.violate("the network has returned, and \(session.name) is not tried again")
        }
    }

    private func lookAtEnd(
        of session: SSOSession, _ process: RefreshProcess, _ outcome: RefreshOutcome, isUnchanged: Bool
    ) {
        let isByHand = byHand.remove(session.name) != nil
        guard process.life == world.daemon.life, let facts = world.daemon.core?.session(session.name) else { return }
        if isByHand, facts.record.signedInAt == nil {
            world.checks.violate("a sign-in to \(session.name) by hand is taken for the end of its session")
        }
        switch outcome {
        case .sessionEnded, .registrationRefused:
            if isUnchanged, let token = clocks(of: session)?.fingerprint { refused[token] = process.life }
        default: break
        }
    }
}
