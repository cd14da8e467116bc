import FoundationEssentials
import SessionHealth

/// What goes wrong in a user's year, and what they do beside their work: each at its rate, with dice of its own.
final class Misfortunes {
    private struct Sort: Sendable {
        var fault: Fault.Kind
        var perYear: Double
        /// It ends a process, or all of them.
        var isDeath = false
        var strike: @Sendable (World, inout Dice) -> Void
    }

    private unowned let world: World
    private let year: UserYear

    init(_ world: World, _ year: UserYear) {
        self.world = world
        self.year = year
    }

    func begin() {
        for (number, sort) in Misfortunes.sorts.enumerated() where year.hasDeaths || !sort.isDeath {
            plan(sort, world.dice("misfortune \(number)"))
        }
    }

    private func plan(_ sort: Sort, _ dice: Dice) {
        var dice = dice
        let rate = sort.perYear * year.misfortune / (365 * Scenario.day)
        let pause = dice.between(0, 2 / rate)
        world.after(pause) { [self] in
            guard !world.isCalm else { return }
            var own = Dice(seed: dice.next(), for: "own")
            if world.strikes(sort.fault) { sort.strike(world, &own) }
            plan(sort, dice)
        }
    }

    // MARK: All of them

    private static let sorts: [Sort] = [
        Sort(fault: .outage, perYear: 200) {
            trouble($0, $1.one(of: [.noRoute, .noRoute, .silence]), $1.between(20, 900), &$1)
        },
        Sort(fault: .outage, perYear: 30) {
            trouble($0, $1.one(of: [.loginPage, .tooMany, .cutOff, .lostAnswer]), $1.between(30, 3600), &$1)
        },
        Sort(fault: .outage, perYear: 12) {
            trouble($0, $1.one(of: [.noRoute, .serverError, .silence]), $1.between(3600, 20000), &$1)
        },
        Sort(fault: .outage, perYear: 0.5) { trouble($0, .refusal, $1.between(600, 20000), &$1) },
        Sort(fault: .clock, perYear: 3, strike: setClock),
        Sort(fault: .restart, perYear: 14, isDeath: true) { world, _ in world.daemon.tell(.stopAsked) },
        Sort(fault: .crash, perYear: 12, isDeath: true) { world, dice in
            world.daemon.dies(before: Int(dice.between(1, 40)))
        },
        Sort(fault: .crash, perYear: 4, isDeath: true) { world, _ in world.daemon.die("killed at rest") },
        Sort(fault: .lostState, perYear: 0.5, isDeath: true) { world, dice in
            world.home.loseState(leavesHalf: dice.isBelow(0.5))
            world.programs.forgetRecords()
            world.daemon.die("killed, and its state is lost")
        },
        Sort(fault: .refreshCrash, perYear: 6, isDeath: true) { world, dice in
            world.programs.refreshDies(before: Int(dice.between(1, 12)))
        },
        Sort(fault: .power, perYear: 20, isDeath: true) { world, dice in world.cutPower(for: dice.between(30, 3000)) },
        Sort(fault: .writeCrash, perYear: 1) { world, _ in world.disk.breaksNextWrite = true },
        Sort(fault: .disk, perYear: 3) { world, dice in
            world.disk.isFull = true
            world.after(dice.between(600, 70000)) { world.disk.isFull = false }
        },
        Sort(fault: .lockedState, perYear: 2) { world, dice in
            world.disk.stateIsLocked = true
            world.after(dice.between(600, 170_000)) { world.disk.stateIsLocked = false }
        },
        Sort(fault: .watch, perYear: 2) { world, dice in
            world.daemon.losesWatches()
            world.after(dice.between(600, 20000)) { world.daemon.watchFails = false }
        },
        Sort(fault: .revocation, perYear: 4) { world, dice in
            world.note("service", "an administrator ends a session")
            world.service.end(dice.one(of: world.home.sessions))
        },
        Sort(fault: .forgottenClients, perYear: 0.5) { world, _ in world.service.forgetClients() },
        Sort(fault: .edit, perYear: 12) { world, _ in world.person.edits.editSomething() },
        Sort(fault: .damage, perYear: 8) { world, dice in world.person.edits.damage(&dice) },
        Sort(fault: .habit, perYear: 120) { world, _ in
            if world.person.isPresent { world.person.habits.doOneThing() }
        },
    ]

    private static func trouble(_ world: World, _ trouble: Service.Trouble, _ length: TimeInterval, _ dice: inout Dice)
    {
        guard world.service.trouble == nil else { return }
        world.note("net", "is in trouble: \(trouble)")
        world.service.trouble = trouble
        let isSeen = dice.isBelow(0.6)
        world.after(length) {
            guard world.service.trouble == trouble else { return }
            world.note("net", "is well")
            world.service.trouble = nil
            if isSeen { world.weather.networkIsBack() }
        }
    }

    /// Wrong for a while, as before the machine has asked a time server.
    @Sendable private static func setClock(_ world: World, _ dice: inout Dice) {
        world.setClock(by: dice.isBelow(0.6) ? dice.between(-10, 10) : dice.between(-20000, 20000))
        world.after(dice.between(10, 7200)) { world.setClock(by: -world.clockError) }
    }
}
