import FoundationEssentials
import SessionHealth

/// What must be recorded about each sign-in of the daemon's.
final class RecordChecks {
    private unowned let world: World
    /// When the sign-in under way began, if the session had certainly ended before that, by session.
    private var anew: [String: Date] = [:]
    /// When the last one began, by session.
    private var begins: [String: TimeInterval] = [:]
    /// How many had failed before the early sign-in under way, by session.
    private var early: [String: Int] = [:]

    init(_ world: World) { self.world = world }

    /// It is about to start: whatever happens now, the next daemon must know of it.
    func starts(_ order: SignInOrder) {
        let name = order.session.name
        begins[name] = world.time
        early[name] = nil
        anew[name] = hasEnded(order.session) ? world.now.wall : nil
        // Whoever asks gets one all the same; by itself, what cannot be recorded does not start.
        guard order.record.isAutomatic || !world.disk.isFull && world.daemon.core?.facts.unsaved == nil else { return }
        let kept = world.home.kept
        if kept.running?.session != name || kept.sessions[name]?.lastSignIn?.result != "started" {
            world.checks.violate("a sign-in to \(name) begins, and is not recorded")
        }
    }

    /// Without a token, or with one that has expired, no session is known to run.
    private func hasEnded(_ session: SSOSession) -> Bool {
        let path = Home.places.token(session.tokenFileName)
        guard world.clockSetAt <= world.disk.lastChange(of: path), !world.daemon.watchFails,
            world.time > world.disk.lastChange(of: path) + Daemon.notice
        else { return false }
        return if case .found(let clocks) = world.disk.token(path) { clocks.expiresAt <= world.now.wall } else { true }
    }

    /// It is about to start ahead of the token's end.
    func startsEarly(_ session: SSOSession) { early[session.name] = failures(of: session.name) }

    private func failures(of name: String) -> Int? { world.daemon.core?.session(name)?.record.failedSignIns }

    /// It has ended, and may have helped: then the session is as old as that.
    func ends(_ program: SignInProgram) {
        let name = program.session.name
        if let before = early.removeValue(forKey: name), !program.hasWritten, !program.isForgotten {
            expectNoFailure(of: name, after: before)
        }
        guard let began = anew.removeValue(forKey: name), program.hasWritten else { return }
        let endedAt = world.time
        world.after(0.5) { [self] in
            guard world.lastWake < endedAt, anew[name] == nil, let record = world.daemon.core?.session(name)?.record,
                let last = record.lastSignIn, last.result == "ok", last.at > began,
                record.lastRefresh.map({ $0.at < last.at }) ?? true
            else { return }
            // The state file stores whole seconds.
            if record.signedInAt ?? .distantPast < began - 2 {
                world.checks.violate("the session of \(name) is not as old as its sign-in")
            }
        }
    }

    /// An early sign-in that fails is tried once more at the end, without a pause.
    private func expectNoFailure(of name: String, after before: Int) {
        let life = world.daemon.life
        let endedAt = world.time
        world.after(0.5) { [self] in
            guard life == world.daemon.life, world.lastWake < endedAt, begins[name] ?? 0 < endedAt,
                let failures = failures(of: name)
            else { return }
            if failures > before { world.checks.violate("an early sign-in to \(name) that failed delays the next one") }
        }
    }
}
