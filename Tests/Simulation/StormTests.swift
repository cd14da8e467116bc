import FoundationEssentials
import SessionHealth
import Testing

/// Worlds in which processes die between any two effects, writes are torn, and the user does many things at once.
@Suite struct StormTests {
    private static let seeds = SimulationTests.seeds

    @Test(arguments: Scenario.crashes.indices, seeds)
    func whateverDiesBetweenTwoEffectsAllIsWellAgain(_ number: Int, _ seed: UInt64) {
        expectAWellEnd(Scenario.crashes[number].world(seed))
    }

    @Test(arguments: Scenario.busy.indices, seeds)
    func whateverThePersonAsksForAtOnceThereIsOneSignIn(_ number: Int, _ seed: UInt64) {
        expectAWellEnd(Scenario.busy[number].world(seed))
    }

    @Test(arguments: seeds)
    func aTokenThatDiesWithItsRefreshCostsOneSignIn(_ seed: UInt64) {
        let world = Scenario.lostTokens.world(seed)
        expectAWellEnd(world)
        #expect(world.prompts.count == world.checks.lostTokens, "\(world.replay)")
    }

    private func expectAWellEnd(_ world: World) {
        #expect(world.violations == [], "\(world.replay)")
        #expect(world.plan.condition == .healthy, "\(world.plan): \(world.replay)")
        if world.daemonLivesOn { #expect(world.journal.mismatches == [], "\(world.replay)") }
        #expect(world.socket.unanswered == [], "\(world.replay)")
    }
}
