import FoundationEssentials
import SessionHealth

/// Working days: when somebody is at the machine, and when its lid is closed.
final class Days {
    private unowned let world: World
    private let year: UserYear
    private lazy var dice = world.dice("days")
    private var day = 0

    init(_ world: World, _ year: UserYear) {
        self.world = world
        self.year = year
    }

    /// The world begins on a Monday at nine.
    func begin() { morning(at: 0) }

    private func morning(at start: TimeInterval) {
        guard !world.isCalm else { return }
        world.person.comes()
        let evening = start + dice.between(7, 10.5) * 3600
        if dice.isBelow(0.8) { pause(from: start + dice.between(2.5, 4) * 3600, dice.between(1200, 5400), closes: 0.3) }
        for _ in 0..<Int(dice.between(0, 3.99)) {
            pause(from: dice.between(start + 600, evening - 600), dice.between(60, 4000), closes: 0.2)
        }
        let next = nextMorning()
        let lid = evening + dice.between(0, 3600)
        at(evening) { [self] in if world.strikes(.absence) { world.person.goes() } }
        if year.isLaptop {
            at(lid) { [self] in
                if next > world.time, world.strikes(.suspend) { world.sleep(for: next - world.time) }
            }
        }
        at(next) { [self] in morning(at: next) }
    }

    private func nextMorning() -> TimeInterval {
        repeat { day += 1 } while day % 7 >= 5 || dice.isBelow(0.1)
        return TimeInterval(day) * Scenario.day + dice.between(-3600, 3600)
    }

    /// Locked, or closed, for a while.
    private func pause(from start: TimeInterval, _ length: TimeInterval, closes: Double) {
        let isClosed = year.isLaptop && dice.isBelow(closes)
        at(start) { [self] in
            guard world.person.isPresent, world.strikes(isClosed ? .suspend : .absence) else { return }
            world.person.goes()
            if isClosed { world.sleep(for: length) }
            at(start + length) { [self] in world.person.comes() }
        }
    }

    private func at(_ time: TimeInterval, _ act: @escaping () -> Void) {
        world.after(time - world.time) { [self] in if !world.isCalm { act() } }
    }
}
