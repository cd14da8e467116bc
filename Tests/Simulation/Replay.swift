import FoundationEssentials
import SessionHealth
import Testing

/// Replays one world: `SIMULATION='storm 3/17' swift test -c release --filter Simulation.Replay` prints everything that
/// happened in it.
@Suite struct Replay {
    @Test func oneSeedIsOneHistory() throws {
        let asked = ProcessInfo.processInfo.environment["SIMULATION"]
        let words = (asked ?? "busy 1/1").split(separator: "/").map(String.init)
        let scenario = try #require(Scenario.named(words.first ?? ""), "\(Scenario.all.map(\.name))")
        let seed = try #require(words.last.flatMap { UInt64($0) }, "SCENARIO/SEED")
        let world = scenario.world(seed, keepsHistory: true)
        if asked != nil {
            print(world.history.lines.joined(separator: "\n"))
            print("violations:", world.violations)
            print("findings:", world.plan.findings.map(\.message))
        }
        print("\(world.scenario)/\(seed): \(String(world.history.digest.value, radix: 16))")
        #expect(scenario.world(seed, keepsHistory: true).history.digest == world.history.digest)
    }
}
