import FoundationEssentials
import SessionHealth

/// What the daemon wrote to the journal, and whether that is complete.
final class Journal {
    private unowned let world: World
    private(set) var counts: [JournalMessage.ID: Int] = [:]
    /// The number of lines printed by the daemon's sign-ins.
    var printed = 0
    /// The number of successful refreshes reported to the daemon.
    var refreshed = 0
    /// The number of client registrations that the daemon renamed, or could not.
    var setAside = 0

    init(_ world: World) { self.world = world }

    func record(_ message: JournalMessage) {
        // A button press that fails is also reported as `signInEnded`.
        let result = message.fields[JournalMessage.Field.signInResult]
        if message.id == .signInEnded, message.priority == .warning, result == nil { return }
        // So is a sign-in that was none of the daemon's.
        if message.fields[JournalMessage.Field.signInCause] == JournalMessage.SignInCause.elsewhere.rawValue { return }
        counts[message.id, default: 0] += 1
        switch message.id {
        case .started: hasStarted = true
        case .signInEnded where message.priority == .notice: expectWarning(after: message)
        case .signInEnded:
            if let name = message.fields["BEDROCK_SESSION"] { world.refreshChecks.signInFailed(name) }
        case .finding where message.fields["BEDROCK_FINDING"] == Finding.Code.legacyProfile.rawValue:
            warnedAt = world.time
        case .childOutput where world.climate.hasUnits && message.fields["USER_UNIT"] == nil:
            world.checks.violate("a line of a sign-in does not say of which unit it is")
        default: break
        }
    }

    /// When the journal last warned of the legacy configuration.
    private var warnedAt: TimeInterval = -1

    /// After each sign-in with a legacy configuration, the journal warns of it.
    private func expectWarning(after message: JournalMessage) {
        guard let session = world.home.sessions.first, message.message.hasPrefix("\(session.name): "),
            session.kind != .ssoSession
        else {
            return
        }
        let life = life
        let endedAt = world.time
        let endedOn = world.now.wall
        // A daemon that has just started does not know yet who is there.
        world.after(3) { [self] in
            guard life == world.daemon.life, world.lastWake < endedAt, warnedAt < endedAt,
                let core = world.daemon.core, let facts = core.session(session.name), core.facts.signIn == nil,
                facts.record.lastSignIn?.result == "ok",
                facts.record.lastSignIn?.at == endedOn,
                case .found(let clocks) = facts.token, !clocks.hasRefreshToken
            else { return }
            world.checks.violate("nobody is warned that \(session.name) is configured in the old way")
        }
    }

    // MARK: During the run

    private var life = 0
    private var hasStarted = false
    private var isReady = false

    func starts(_ life: Int) {
        self.life = life
        hasStarted = false
        isReady = false
        let startedAt = world.time
        world.after(3) { [self] in
            guard life == world.daemon.life, world.lastWake <= startedAt, !world.socket.isServing else { return }
            world.checks.violate("the daemon does not serve 3 s after its start")
        }
    }

    func tellsReady(_ line: String) {
        isReady = true
        guard let core = world.daemon.core else { return }
        let condition = SessionHealth.plan(for: core.facts, at: world.now).condition
        if !line.hasPrefix("\(condition.rawValue),") {
            world.checks.violate("it is \(condition), and READY says \(line)")
        }
    }

    func serves() {
        if !isReady || !hasStarted { world.checks.violate("it serves before it said that it has started") }
    }

    /// Each line must be in the journal at once.
    func expectLines() {
        let found = counts[.childOutput] ?? 0
        if world.daemonLivesOn, found != printed {
            world.checks.violate("the journal has \(found) lines of sign-ins, not \(printed)")
        }
    }

    // MARK: At the end

    /// Missing or surplus entries; only for worlds in which the daemon never stopped.
    var mismatches: [String] {
        let signIns = world.signInChecks.count
        return [
            compare(.signInStarted, signIns), compare(.signInEnded, signIns), compare(.childOutput, printed),
            compare(.refreshed, refreshed), compare(.registrationSetAside, setAside),
        ].compactMap(\.self)
    }

    private func compare(_ id: JournalMessage.ID, _ expected: Int) -> String? {
        let found = counts[id] ?? 0
        return found == expected ? nil : "\(id): \(found), not \(expected)"
    }
}
