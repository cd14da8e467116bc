import FoundationEssentials
import SessionHealth
import Testing

/// Runs many worlds for thirty days each, and checks what must always hold.
@Suite struct SimulationTests {
    static let seeds: [UInt64] = Array(1...10)

    private func run(_ scenario: Scenario, _ seed: UInt64) -> World {
        let world = scenario.world(seed)
        #expect(world.violations == [], "\(world.replay)")
        if world.daemonLivesOn { #expect(world.journal.mismatches == [], "\(world.replay)") }
        #expect(world.mostTimerWakes <= 30, "more wake-ups in an hour than any backoff explains: \(world.replay)")
        return world
    }

    @Test(arguments: seeds)
    func noCLIEverRefreshesWhileTheAgentRuns(_ seed: UInt64) {
        let world = run(.quiet, seed)
        #expect(world.cliRefreshes == 0, "\(world.replay)")
        #expect(world.prompts.isEmpty, "\(world.replay)")
        // One refresh every 40 minutes, less the jitter.
        #expect((1050...1120).contains(world.refreshes.count), "\(world.replay)")
        // Each time at another moment, so that many machines do not come all at once.
        let leads = world.refreshChecks.leads
        #expect(leads.most - leads.least > 50, "\(world.replay)")
        #expect(world.mostTimerWakes <= 3, "\(world.replay)")
    }

    @Test(arguments: seeds)
    func aPersonWhoIsThereIsAskedOnceForEachEnd(_ seed: UInt64) {
        let world = run(.person, seed)
        #expect(world.cliRefreshes == 0, "\(world.replay)")
        // The session ends after 8 hours; up to 40 minutes later, a refresh notices.
        #expect((80...90).contains(world.prompts.count), "\(world.replay)")
        #expect(Set(world.prompts.map(\.token)).count == world.prompts.count, "\(world.replay)")
        let usual = world.facts.sessions.first?.record.usualLifetime ?? 0
        #expect((8 * 3600...8.7 * 3600).contains(usual), "\(world.replay)")
    }

    @Test(arguments: seeds)
    func anOutageIsNeverAReasonToSignIn(_ seed: UInt64) {
        let world = run(.outages, seed)
        #expect(world.prompts.isEmpty, "\(world.replay)")
    }

    @Test(arguments: seeds)
    func aLegacyProfileIsPromptedEarlyAndAtTheEnd(_ seed: UInt64) {
        let world = run(.legacy, seed)
        // The early sign-in reuses the running portal session; the one at the end gets a new one.
        let isEarly = world.prompts.map(\.isEarly)
        #expect(isEarly == world.prompts.indices.map { $0.isMultiple(of: 2) }, "\(world.replay)")
        #expect((175...181).contains(world.prompts.count), "\(world.replay)")
        #expect(world.mostTimerWakes <= 3, "\(world.replay)")
    }

    @Test(arguments: seeds)
    func aLegacyProfileWithALongPortalSessionIsPromptedOnlyEarly(_ seed: UInt64) {
        let world = run(.longLegacy, seed)
        #expect(world.prompts.allSatisfy { $0.isEarly && $0.failedAt == nil }, "\(world.replay)")
        #expect((90...94).contains(world.prompts.count), "\(world.replay)")
    }

    @Test(arguments: Scenario.storms.indices, seeds)
    func sixADayAndNoneTwiceWithoutItsRest(_ storm: Int, _ seed: UInt64) {
        let world = run(Scenario.storms[storm], seed)
        let prompts = world.prompts
        // A restarted daemon reads whole seconds.
        let slack = world.climate.hasRestarts ? 1 : 1e-3
        for (index, prompt) in prompts.enumerated() {
            let day = prompts[...index].filter { $0.at > prompt.at - 86400 + slack }
            #expect(day.count <= 6, "at \(prompt.at): \(world.replay)")
            // With a suspend in between, a sign-in may end long after it failed; the cooldown starts at its end.
            let earlier = prompts[..<index].filter { $0.token == prompt.token && !$0.isEarly }
            guard !prompt.isEarly, let last = earlier.last else { continue }
            let rest = Policy().cooldowns[min(earlier.count, Policy().cooldowns.count) - 1]
            let failedAt = last.failedAt ?? .infinity
            #expect(prompt.at >= failedAt + rest - slack, "at \(prompt.at) after \(failedAt): \(world.replay)")
        }
    }

    @Test(arguments: Scenario.endings.indices, seeds)
    func everyStormEndsHealthy(_ storm: Int, _ seed: UInt64) {
        let world = Scenario.endings[storm].world(seed)
        #expect(world.violations == [], "\(world.replay)")
        #expect(world.plan.condition == .healthy, "\(world.plan): \(world.replay)")
    }

    @Test(arguments: seeds)
    func afterASleepPastSeveralEndsOneRefreshIsEnough(_ seed: UInt64) {
        let world = run(.sleepOfTokens, seed)
        #expect(world.refreshes.filter { $0.at >= 3600 }.count == 1, "\(world.replay)")
        #expect(world.plan.condition == .healthy && world.prompts.isEmpty, "\(world.replay)")
    }

    @Test(arguments: seeds)
    func afterASleepPastTheSessionOneSignInIsEnough(_ seed: UInt64) {
        let world = run(.sleepOfSession, seed)
        #expect(world.refreshes.filter { $0.at >= 3600 }.count == 1, "\(world.replay)")
        #expect(world.prompts.count == 1, "\(world.replay)")
        #expect(world.plan.condition == .healthy, "\(world.replay)")
        // The machine slept through the session's end, so its lifetime is unknown.
        #expect(world.facts.sessions.first?.record.lifetimes == [], "\(world.replay)")
    }
}
