import FoundationEssentials
import SessionHealth

/// A user's year: how their Identity Center, machine and habits are, drawn from the seed, and what goes wrong at
/// realistic rates.
struct UserYear: Sendable {
    /// How often things go wrong, beside a real year.
    var misfortune = 1.0
    /// The daemon, the refreshes and the machine may die.
    var hasDeaths = false
    /// It sleeps at night; else it runs through.
    var isLaptop = true
    /// Batches use the session at night, too.
    var hasNights = false
    /// Which AWS programs are in use.
    var programs: [Refresher.Kind] = []
    /// How many sessions of Claude Code.
    var claudes = 2
    /// `awsAuthRefresh` is `bedrock-agent login`, not the AWS CLI.
    var coalesces = true

    static let days = 365.0

    static func scenario(_ name: String, misfortune: Double, days: Double) -> Scenario {
        Scenario(name, { climate($0, misfortune: misfortune) }) { world in
            world.run(for: days * Scenario.day)
            world.calmDown()
            let calmAt = world.time
            // Enough for the longest pause between two tries, and one that is under way.
            world.run(for: HealthChecks.longestPause)
            // And a sign-in that has just begun.
            if world.plan.condition == .signingIn { world.run(for: world.facts.policy.signInTimeout + 5) }
            world.healthChecks.isCalmSince(calmAt)
            world.run(for: 1.5 * Scenario.day)
            for _ in 0..<30 where world.plan.condition != .healthy { world.run(for: 60) }
            if world.plan.condition != .healthy {
                world.checks.violate("it is \(world.plan.condition), and all has been well for long")
            }
        }
    }

    static func climate(_ seed: UInt64, misfortune: Double) -> Climate {
        var dice = Dice(seed: seed, for: "user")
        var year = UserYear(misfortune: misfortune)
        year.hasDeaths = dice.isBelow(0.5)
        year.isLaptop = dice.isBelow(0.7)
        year.hasNights = !year.isLaptop && dice.isBelow(0.3)
        year.programs = Refresher.Kind.others.filter { _ in dice.isBelow(0.5) }
        year.claudes = Int(dice.between(1, 10.99))
        year.coalesces = dice.isBelow(0.6)

        var climate = Climate()
        climate.portalLength = dice.one(of: [8, 8, 8, 10, 12, 24, 7 * 24, 90 * 24]) * 3600
        climate.registrationLength = dice.one(of: [90, 90, 90, 1]) * Scenario.day
        climate.isLegacy = dice.isBelow(0.12)
        climate.rotation = dice.one(of: [.spends, .spends, .repeats])
        climate.clis = 0
        climate.sideSessions = dice.isBelow(0.2) ? Int(dice.between(1, 2.99)) : 0
        climate.hasTornWrites = true
        climate.hasFullDisks = true
        climate.hasUnits = dice.isBelow(0.8)
        climate.diligence = dice.between(0.6, 1)
        climate.hasLogind = dice.isBelow(0.9)
        climate.screen = dice.one(of: [.reliable, .reliable, .flaky, .absent])
        climate.isBusy = true
        climate.year = year
        return climate
    }
}
