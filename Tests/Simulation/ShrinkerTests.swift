import FoundationEssentials
import Testing

/// The shrinker finds what was planted, and nothing else.
@Suite struct ShrinkerTests {
    @Test(arguments: [[], [3], [0, 99], [17, 18, 64], Array(20..<40)])
    func itFindsExactlyWhatIsNeeded(_ needed: [Int]) {
        let found = Shrinker.fewest(of: Array(0..<100)) { $0.isSuperset(of: needed) }
        #expect(found == needed)
    }

    @Test func nothingCanBeLeftOutOfWhatItFinds() {
        // Three of the even ones are needed, whichever.
        func fails(_ items: Set<Int>) -> Bool { items.count { $0.isMultiple(of: 2) } >= 3 }
        let found = Shrinker.fewest(of: Array(0..<50), fails: fails)
        #expect(fails(Set(found)))
        for item in found { #expect(!fails(Set(found).subtracting([item]))) }
    }

    private static let needed = [Fault(.outage, 3), Fault(.restart, 5)]

    /// A world in which these two must not both strike.
    private static let planted = Scenario(
        "planted", { _ in Climate(hasOutages: true, hasSuspends: true, hasRestarts: true, personLeaves: true) }
    ) { world in
        for _ in 0..<(20 * 24) where world.violations.isEmpty {
            world.run(for: 3600)
            if needed.allSatisfy(world.faults.struck.contains) { world.checks.violate("planted: both have struck") }
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func aViolationOfAWorldIsLedBackToTheFaultsThatMakeIt(_ seed: UInt64) throws {
        let shrunk = try #require(Shrunk(Self.planted, seed))
        #expect(shrunk.before > 8, "\(shrunk)")
        #expect(Set(shrunk.faults) == Set(Self.needed), "\(shrunk)")
        #expect(shrunk.replay.contains("FAULTS='"), "\(shrunk)")
        // It is the same history whenever it is replayed.
        let only = Set(shrunk.faults)
        let first = Self.planted.world(seed, only: only, stopsAtFirst: true)
        let second = Self.planted.world(seed, only: only, stopsAtFirst: true)
        #expect(first.violations == second.violations && first.violations.first == shrunk.violation)
        #expect(first.history.digest == second.history.digest)
    }
}
