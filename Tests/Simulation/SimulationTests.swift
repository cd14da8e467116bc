import FoundationEssentials
import SessionHealth
import Testing

/// Thirty days at a time, in many worlds: what must hold whatever happens.
@Suite struct SimulationTests {
    private static let month: TimeInterval = 30 * 86400
    private static let seeds: [UInt64] = Array(1...25)

    private func run(_ climate: Climate, _ seed: UInt64, for span: TimeInterval = month) -> World {
        let world = World(climate, seed: seed)
        world.run(for: span)
        #expect(world.violations == [])
        #expect(world.timerWakes.values.max() ?? 0 <= 30, "more wake-ups in an hour than any backoff explains")
        return world
    }

    @Test(arguments: seeds)
    func noCLIEverRefreshesWhileTheAgentRuns(_ seed: UInt64) {
        let world = run(Climate(portalLength: 90 * 86400), seed)
        #expect(world.cliRefreshes == 0)
        #expect(world.prompts.isEmpty)
        // One every 40 minutes, less the jitter.
        #expect((1050...1120).contains(world.refreshes.count))
        #expect(world.timerWakes.values.max() ?? 0 <= 3)
    }

    @Test(arguments: seeds)
    func aPersonWhoIsThereIsAskedOnceForEachEnd(_ seed: UInt64) {
        let world = run(Climate(), seed)
        #expect(world.cliRefreshes == 0)
        // 8 hours until the session's end, up to 40 minutes until a refresh shows it.
        #expect((80...90).contains(world.prompts.count))
        #expect(Set(world.prompts.map(\.token)).count == world.prompts.count)
        let usual = world.facts.sessions[0].record.usualLifetime ?? 0
        #expect((8 * 3600...8.7 * 3600).contains(usual))
    }

    @Test(arguments: seeds)
    func anOutageIsNeverAReasonToSignIn(_ seed: UInt64) {
        let world = run(Climate(portalLength: 90 * 86400, hasOutages: true, hasSuspends: true), seed)
        #expect(world.prompts.isEmpty)
    }

    @Test(arguments: seeds)
    func aLegacyProfileIsPromptedEarlyAndAtTheEnd(_ seed: UInt64) {
        let world = run(Climate(isLegacy: true), seed)
        // The early one gets the running portal session again; the one at the end gets a new one.
        #expect(world.prompts.map(\.isEarly) == world.prompts.indices.map { $0.isMultiple(of: 2) })
        #expect((175...181).contains(world.prompts.count))
        #expect(world.timerWakes.values.max() ?? 0 <= 3)
    }

    @Test(arguments: seeds)
    func aLegacyProfileWithALongPortalSessionIsPromptedOnlyEarly(_ seed: UInt64) {
        let world = run(Climate(portalLength: 90 * 86400, isLegacy: true), seed)
        #expect(world.prompts.allSatisfy { $0.isEarly && $0.failedAt == nil })
        #expect((90...94).contains(world.prompts.count))
    }

    static let storms: [Climate] = [
        Climate(hasOutages: true, hasSuspends: true, personLeaves: true, diligence: 0.5),
        Climate(hasOutages: true, hasSuspends: true, hasRestarts: true, personLeaves: true, diligence: 0.2),
        Climate(isLegacy: true, hasOutages: true, hasSuspends: true, personLeaves: true, diligence: 0.6),
        Climate(isLegacy: true, hasRestarts: true, diligence: 0.1),
        Climate(portalLength: 900, hasRestarts: true, diligence: 0.9),
        Climate(portalLength: 900, isLegacy: true, hasOutages: true, diligence: 0.9),
    ]

    @Test(arguments: storms.indices, seeds)
    func sixADayAndNoneTwiceWithoutItsRest(_ storm: Int, _ seed: UInt64) {
        let world = run(SimulationTests.storms[storm], seed)
        let prompts = world.prompts
        let slack = 1e-3
        for (index, prompt) in prompts.enumerated() {
            let day = prompts[...index].filter { $0.at > prompt.at - 86400 + slack }
            #expect(day.count <= 6, "at \(prompt.at)")
            // Suspended in the middle, a sign-in may end long after it failed; it rests from its end.
            let earlier = prompts[..<index].filter { $0.token == prompt.token && !$0.isEarly }
            guard !prompt.isEarly, let last = earlier.last else { continue }
            let rest = Policy().cooldowns[min(earlier.count, Policy().cooldowns.count) - 1]
            let failedAt = last.failedAt ?? .infinity
            #expect(prompt.at >= failedAt + rest - slack, "at \(prompt.at) after \(failedAt)")
        }
    }

    @Test(arguments: storms.indices, seeds)
    func everyStormEndsHealthy(_ storm: Int, _ seed: UInt64) {
        var climate = SimulationTests.storms[storm]
        climate.hasClockJumps = true
        climate.portalLength = 90 * 86400
        let world = World(climate, seed: seed)
        world.run(for: 4 * 86400)
        world.calmDown()
        // The longest rest, or a spent budget, and what the clock was set back.
        world.run(for: 2 * 86400)
        #expect(world.violations == [])
        #expect(world.plan.condition == .healthy, "\(world.plan)")
    }

    @Test(arguments: seeds)
    func afterASleepPastSeveralEndsOneRefreshIsEnough(_ seed: UInt64) {
        let world = World(Climate(portalLength: 90 * 86400, clis: 0), seed: seed)
        world.run(for: 3600)
        let before = world.refreshes.count
        world.sleep(for: 5 * 3600)
        world.run(for: 600)
        #expect(world.refreshes.count == before + 1)
        #expect(world.plan.condition == .healthy && world.prompts.isEmpty)
    }

    @Test(arguments: seeds)
    func afterASleepPastTheSessionOneSignInIsEnough(_ seed: UInt64) {
        let world = World(Climate(clis: 0), seed: seed)
        world.run(for: 3600)
        let before = world.refreshes.count
        world.sleep(for: 20 * 3600)
        world.run(for: 600)
        #expect(world.refreshes.count == before + 1)
        #expect(world.prompts.count == 1)
        #expect(world.plan.condition == .healthy)
        // It slept through the end: how long the session lasted was not seen.
        #expect(world.facts.sessions[0].record.lifetimes.isEmpty)
    }
}
