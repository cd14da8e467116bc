import FoundationEssentials
import SessionHealth

/// What must hold whenever the daemon is idle: it has nothing left to do, and its information is up to date.
final class RestChecks {
    private unowned let world: World
    /// What the user has been told, and what is still to be told, by subject, and since when.
    private var told: Set<String> = []
    private var untold: [String: TimeInterval] = [:]
    /// When `notify` last told of a session, and of which token.
    private var notified: [String: (token: String, at: TimeInterval)] = [:]

    /// Seconds for a notification to appear.
    private static let patience: TimeInterval = 30
    /// The latest that timers fire, in seconds, plus a small margin.
    private static let lateness: TimeInterval = 2.5

    init(_ world: World) { self.world = world }

    func rests(_ daemon: Daemon) {
        guard let core = daemon.core, world.socket.isServing else { return }
        if !daemon.isArmed(for: core.plan.wake) { violate("no timer for \(core.plan.wake)") }
        if core.facts.unsaved == nil, core.state != world.home.kept { violate("state.json is not what it should be") }
        if core.facts.signIn == nil, world.programs.keepsOutput { violate("the output of no sign-in is kept") }
        if core.facts.signIn == nil, core.state.running != nil { violate("a sign-in is remembered that is over") }
        world.signInChecks.rests()
        if core.facts.signIn == nil, !world.climate.isBusy, !world.isCalm,
            core.facts.sessions.contains(where: { $0.record.lastSignIn?.result == "started" })
        {
            violate("a sign-in is remembered as one that goes on")
        }
        lookAtFindings(core)
        lookAtPlan(core)
        lookAtFiles(core)
        lookAtScreen(core)
        lookAtNotify(core)
        for (session, plan) in zip(core.facts.sessions, core.plan.sessions) where plan.condition < .signingIn {
            notified[session.session.name] = nil
        }
        world.socket.expectMonitors(toKnow: core.plan.condition)
    }

    private func violate(_ what: String) { world.checks.violate("at rest: \(what)") }

    /// Whatever does not work, and does not mend itself, is said, with what to do.
    private func lookAtFindings(_ core: RunningCore) {
        let names = core.facts.sessions.map(\.session.name)
        for (session, plan) in zip(core.facts.sessions, core.plan.sessions) where plan.condition > .signingIn {
            let name = session.session.name
            let fixes = core.plan.findings.filter { $0.severity != .info && !$0.fix.isEmpty }
            // Or of what all depend on, such as a file; another session's says nothing of this one.
            let isSaid = fixes.contains { $0.subject == name || $0.severity == .error && !names.contains($0.subject) }
            if !isSaid {
                violate("\(name) is \(plan.condition), and no finding says what to do")
            }
        }
    }

    /// Everything that is due is being done.
    private func lookAtPlan(_ core: RunningCore) {
        // The daemon is not notified of clock changes.
        guard world.daemon.nextTimer > world.time + RestChecks.lateness, world.daemon.plannedAt > world.clockSetAt
        else {
            return
        }
        let plan = SessionHealth.plan(for: core.facts, at: world.now)
        if plan.condition != core.plan.condition { violate("it is \(plan.condition), and told \(core.plan.condition)") }
        let isBusy = world.programs.refreshCount >= Checks.mostRefreshes
        for (session, plan) in zip(core.facts.sessions, plan.sessions) {
            switch plan.action {
            case nil: continue
            case .refresh where isBusy: continue
            case let action?: violate("\(session.session.name) waits for \(action)")
            }
        }
    }

    /// What the daemon believes about the token files is correct, and it will be notified of changes.
    private func lookAtFiles(_ core: RunningCore) {
        guard !world.daemon.watchFails, core.facts.unwatched == nil else { return }
        for session in core.facts.sessions {
            let path = Home.places.token(session.session.tokenFileName)
            guard world.daemon.watches(path) else { return violate("\(path) is not watched") }
            guard world.time > world.disk.lastChange(of: path) + Daemon.notice else { continue }
            if case .found(let clocks) = world.disk.token(path), session.token != .found(clocks) {
                violate("\(session.session.name) has another token: \(session.token)")
            }
        }
    }

    // MARK: The screen

    /// If a sign-in is needed and does not start automatically, the user is told, once for each token and attempt.
    private func lookAtScreen(_ core: RunningCore) {
        guard world.climate.screen == .reliable, !world.hasCrashes else { return }
        for (session, plan) in zip(core.facts.sessions, core.plan.sessions) {
            switch plan.need?.hold {
            case nil, .away, .another, .inATerminal, .noDisplay:
                untold[RestChecks.subject(session)] = nil
                continue
            default: break
            }
            let subject = RestChecks.subject(session)
            guard !told.contains(subject) else { continue }
            let since = max(untold[subject] ?? world.time, world.lastWake)
            untold[subject] = since
            guard world.time > since + RestChecks.patience else { continue }
            violate("nobody was told that \(session.session.name) needs a sign-in")
            told.insert(subject)
        }
    }

    /// Who is elsewhere has been told of every need that is held.
    private func lookAtNotify(_ core: RunningCore) {
        guard case .approved = core.facts.notify else { return }
        for (session, plan) in zip(core.facts.sessions, core.plan.sessions) {
            switch plan.need?.hold {
            case nil, .another, .inATerminal: continue
            default: break
            }
            let token = session.token.clocks?.fingerprint
            if session.record.toldOf == nil || token != nil && token != session.record.toldOf {
                violate("notify has not told that \(session.session.name) needs a sign-in")
            }
        }
    }

    /// It tells of each need once.
    func notifies(_ order: NotifyOrder) {
        let name = order.session.name
        guard let session = world.daemon.core?.session(name) else { return }
        let token = session.token.clocks?.fingerprint ?? "none"
        if let last = notified[name], last.token == token, last.at > world.clockSetAt,
            last.at > world.home.lostStateAt ?? -1,
            !world.disk.isFull, !world.hasCrashes
        {
            violate("notify tells twice that \(name) needs a sign-in")
        }
        notified[name] = (token, world.time)
    }

    func tells(_ notification: Notification, of name: String) {
        guard notification.kind == .needed || notification.kind == .soon, let session = world.daemon.core?.session(name)
        else { return }
        told.insert(RestChecks.subject(session))
    }

    private static func subject(_ session: SessionFacts) -> String {
        let attempt = session.record.lastSignIn.map { Timestamp.format($0.at) } ?? "never"
        return "\(session.session.name) \(session.token.clocks?.fingerprint ?? "none") \(attempt)"
    }
}
