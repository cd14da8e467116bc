import FoundationEssentials
import SessionHealth

/// What the daemon wrote into the journal, and whether that is all that there was to write.
final class Journal {
    private unowned let world: World
    private(set) var counts: [JournalMessage.ID: Int] = [:]
    /// What the daemon's sign-ins printed, in lines.
    var printed = 0
    /// Successful refreshes that it heard of.
    var refreshed = 0

    init(_ world: World) { self.world = world }

    func record(_ message: JournalMessage) {
        // A press of a button that comes to nothing is told as such an end, too.
        if message.id == .signInEnded, message.priority == .warning, message.fields.isEmpty { return }
        counts[message.id, default: 0] += 1
        switch message.id {
        case .started: hasStarted = true
        case .childOutput where world.climate.hasUnits && message.fields["USER_UNIT"] == nil:
            world.checks.violate("a line of a sign-in does not say of which unit it is")
        default: break
        }
    }

    // MARK: At once

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

    /// Each line is there as it comes.
    func expectLines() {
        let found = counts[.childOutput] ?? 0
        if world.daemonLivesOn, found != printed {
            world.checks.violate("the journal has \(found) lines of sign-ins, not \(printed)")
        }
    }

    // MARK: In the end

    /// What is missing from it, or too much; only for worlds in which the daemon lived on.
    var mismatches: [String] {
        let signIns = world.signInChecks.count
        return [
            compare(.signInStarted, signIns), compare(.signInEnded, signIns), compare(.childOutput, printed),
            compare(.refreshed, refreshed),
        ].compactMap(\.self)
    }

    private func compare(_ id: JournalMessage.ID, _ expected: Int) -> String? {
        let found = counts[id] ?? 0
        return found == expected ? nil : "\(id): \(found), not \(expected)"
    }
}
