import FoundationEssentials
import SessionHealth

/// Whether work goes on, and what `status` says meanwhile: measured in the world, not by what the agent believes.
final class HealthChecks {
    /// Why a session's work fails.
    enum Failure: String, CaseIterable, Sendable {
        /// The token has ended.
        case ended
        /// Somebody ended the session: only the service knows.
        case revoked
        /// The token file is gone, or does not hold a token.
        case noToken

        /// For how many seconds at most `status` may say that all is well. What only the service knows comes out with the
        /// next refresh.
        var bound: TimeInterval {
            switch self {
            case .ended: 5
            case .revoked: 3600
            case .noToken: 7
            }
        }
    }

    private struct Spell: Equatable {
        var failure: Failure
        var since: TimeInterval
        var said: Condition
    }

    private unowned let world: World
    /// Since when work fails, and `status` asks for nothing, by session.
    private var spells: [String: Spell] = [:]
    /// The longest of them.
    private(set) var longest: [Failure: TimeInterval] = [:]
    /// Until when tokens may end unrefreshed, because something was in the way.
    private var hinderedUntil: TimeInterval = -1
    private(set) var ends = (unrefreshed: 0, excused: 0)

    /// The longest pause between two tries of a refresh, and both of these tries.
    static let longestPause: TimeInterval = 1.2 * Policy().retryMost + 180

    init(_ world: World) { self.world = world }

    // MARK: Does work go on?

    /// Why work with this session fails now; nil if it does not.
    func failure(of session: SSOSession) -> Failure? {
        guard let file = world.home.document(of: session) else { return .noToken }
        let end = world.service.end(ofAccess: file.accessToken, to: session)
        return world.time < end ? nil : end == 0 ? .revoked : .ended
    }

    /// A file has changed.
    func changes(_ path: String) {
        guard let session = world.home.session(ofToken: path) else { return }
        look(at: session)
        guard let file = world.home.document(of: session) else { return }
        let end = world.service.end(ofAccess: file.accessToken, to: session)
        world.after(end - world.time) { [self] in ends(session, file.accessToken) }
    }

    func look() { for session in world.home.sessions { look(at: session) } }

    func look(at session: SSOSession) {
        let failure = failure(of: session)
        let spell = spells[session.name]
        let said = failure == nil ? nil : saidToWork(session)
        guard said != spell?.said || failure != spell?.failure else { return }
        if let spell { longest[spell.failure] = max(longest[spell.failure] ?? 0, world.time - start(spell)) }
        guard let said, let failure else { return spells[session.name] = nil }
        let since = spell?.failure == failure ? spell?.since : nil
        let new = Spell(failure: failure, since: since ?? world.time, said: said)
        spells[session.name] = new
        expectEnd(of: new, session)
    }

    private func start(_ spell: Spell) -> TimeInterval { min(world.time, max(spell.since, world.lastWake)) }

    private func expectEnd(of spell: Spell, _ session: SSOSession) {
        // Refreshing may take as long as it may take.
        let bound = bound(of: spell.failure, session) + (spell.said == .refreshing ? RefreshOrder.patience : 0)
        let left = bound - (world.time - start(spell))
        world.after(max(left, 0.001)) { [self] in
            guard spells[session.name] == spell, saidToWork(session) != nil else { return }
            guard world.time - start(spell) >= bound - 0.01 else { return expectEnd(of: spell, session) }
            // The token's date is by another clock than the one that it is read by.
            guard isClockRight(since: world.disk.lastChange(of: Home.places.token(session.tokenFileName))) else {
                return
            }
            guard !isMisdated(session) else { return }
            world.checks.violate("\(session.name) is called \(spell.said), and work fails: \(spell.failure)")
        }
    }

    private func bound(of failure: Failure, _ session: SSOSession) -> TimeInterval {
        // Nothing is asked of the service about a token that cannot be refreshed.
        if failure == .revoked, !session.hasAccountScope { return Service.legacyLength }
        // Where nothing can be watched, all is read by timer; and a refresh may have to wait for those of others.
        let mayWait = world.home.sessions.count > Checks.mostRefreshes
        return failure.bound + (world.daemon.watchFails ? Policy().unwatchedInterval : 0)
            + (mayWait ? RefreshOrder.patience : 0)
    }

    /// Whoever slept before they heard the service's answer wrote a date that is too late. Ours is not.
    private func isMisdated(_ session: SSOSession) -> Bool {
        guard let file = world.home.document(of: session), !world.checks.isOurs(file.accessToken) else { return false }
        let end = world.service.end(ofAccess: file.accessToken, to: session)
        return file.expiresAt.timeIntervalSince(World.start) > end + 5
    }

    private func isClockRight(since time: TimeInterval) -> Bool {
        world.clockSetAt < time && abs(world.clockError) < 1
    }

    /// What `status` says, if that leaves nobody anything to do.
    private func saidToWork(_ session: SSOSession) -> Condition? {
        guard world.socket.isServing, let core = world.daemon.core else { return nil }
        for (facts, plan) in zip(core.facts.sessions, core.plan.sessions) where facts.session == session {
            return [.healthy, .refreshing, .expiring].contains(plan.condition) ? plan.condition : nil
        }
        return nil
    }

    // MARK: No token ends unrefreshed

    /// Something is in the way of refreshes, or was until now.
    func hinders() { hinderedUntil = world.time + HealthChecks.longestPause }

    private func ends(_ session: SSOSession, _ accessToken: String) {
        look(at: session)
        guard let file = world.home.document(of: session), file.accessToken == accessToken, let grant = file.grant,
            world.service.wouldRefresh(grant)
        else { return }
        let quietSince = world.time - HealthChecks.longestPause
        let writtenAt = world.disk.lastChange(of: Home.places.token(session.tokenFileName))
        guard world.time > hinderedUntil, world.lastWake < quietSince, world.daemon.startedAt < quietSince,
            isClockRight(since: writtenAt), world.service.trouble == nil, !world.disk.isFull,
            world.person.edits.lastAt < quietSince, writtenAt < quietSince, !world.service.hasRefused(grant),
            !isMisdated(session)
        else { return ends.excused += 1 }
        ends.unrefreshed += 1
        world.checks.violate("a token of \(session.name) reaches its end, and nothing was in the way of its refresh")
    }

    // MARK: All is well again

    /// All faults were over at that time, a longest pause ago.
    func isCalmSince(_ time: TimeInterval) {
        let plan = world.plan
        guard plan.condition > .refreshing else { return }
        if !plan.findings.contains(where: { $0.severity != .info && !$0.fix.isEmpty }) {
            world.checks.violate(
                "all has been well since \(Int(time)), it is \(plan.condition), and no finding says what to do")
        }
    }
}
