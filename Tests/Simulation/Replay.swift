import FoundationEssentials
import SessionHealth
import Testing

/// Replays one world: `SIMULATION='storm 3/17' swift test -c release --filter Simulation.Replay` prints everything that
/// happened in it. `FAULTS='outage 3, restart 1'` lets only these strike; `FAULTS=fewest` looks for the fewest with which
/// it still fails.
@Suite struct Replay {
    @Test func oneSeedIsOneHistory() throws {
        let asked = ProcessInfo.processInfo.environment["SIMULATION"]
        let words = (asked ?? "busy 1/1").split(separator: "/").map(String.init)
        let scenario = try #require(Scenario.named(words.first ?? ""), "\(Scenario.all.map(\.name))")
        let seed = try #require(words.last.flatMap { UInt64($0) }, "SCENARIO/SEED")
        let faults = ProcessInfo.processInfo.environment["FAULTS"]
        if faults == "fewest" { return print(Shrunk(scenario, seed).map { "\($0)" } ?? "nothing fails") }
        let only = try faults.map { words in
            Set(try words.split(separator: ",").map { try #require(Fault($0), "no fault: \($0)") })
        }
        // It ends where it first fails.
        let world = scenario.world(seed, keepsHistory: true, only: only, stopsAtFirst: true)
        if asked != nil {
            print(world.history.lines.joined(separator: "\n"))
            print("violations:", world.violations)
            print("findings:", world.plan.findings.map(\.message))
        }
        print("\(world.scenario)/\(seed): \(String(world.history.digest.value, radix: 16))")
        let again = scenario.world(seed, keepsHistory: true, only: only, stopsAtFirst: true)
        #expect(again.history.digest == world.history.digest)
    }
}
