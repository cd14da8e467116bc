import FoundationEssentials
import SessionHealth
import Testing

/// Years of users, each with an Identity Center, a machine, programs and misfortunes of its own:
/// `SIMULATED_YEARS=10000 Tests/run simulation YearTests`; with `SIMULATED_FROM`, from another seed on.
@Suite struct YearTests {
    /// Wake-ups of the daemon in any one day: a refresh every 40 minutes, outages with their pauses, and readings every 30 s
    /// where nothing can be watched.
    private static let mostDailyWakes = 4000
    /// Events of any kind in one day, among them each change of a watched file and each call over the socket.
    private static let mostDailyEvents = 40000

    private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

    @Test func noYearLosesWorkOrOpensASecondTab() async throws {
        try await live(Scenario.year, years: 1, Self.number("SIMULATED_YEARS") ?? 1)
    }

    @Test func noHardMonthDoes() async throws {
        try await live(Scenario.hardMonth, years: 30 / 365, Self.number("SIMULATED_YEARS") ?? 4)
    }

    private func live(_ scenario: Scenario, years: Double, _ count: Int) async throws {
        let first = UInt64(Self.number("SIMULATED_FROM") ?? 1)
        let clock = ContinuousClock()
        let began = clock.now
        var sum = YearSummary()
        var failed: [UInt64] = []
        await withTaskGroup(of: (UInt64, YearSummary).self) { group in
            var next = first
            func add() {
                guard next < first + UInt64(count) else { return }
                let seed = next
                next += 1
                group.addTask { (seed, YearSummary(scenario.world(seed, stopsAtFirst: true))) }
            }
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount { add() }
            for await (seed, summary) in group {
                sum.add(summary)
                if summary.violations > 0 { failed.append(seed) }
                add()
            }
        }
        let seconds = Double((clock.now - began).components.seconds) + 0.001
        print("\(scenario.name): \(Double(count) * years) years, \(Double(count) / seconds) histories a second; \(sum)")
        for seed in failed.sorted().prefix(Self.number("SHRINKS") ?? 3) {
            Issue.record("\(Shrunk(scenario, seed).map { "\($0)" } ?? "\(seed) fails no more")")
        }
        #expect(failed.isEmpty, "\(scenario.name)/ \(failed.sorted())")
        #expect(sum.mostDailyWakes <= Self.mostDailyWakes)
        #expect(sum.mostDailyEvents <= Self.mostDailyEvents)
    }
}

/// What came of a world, or of many.
struct YearSummary: Sendable, CustomStringConvertible {
    var violations = 0
    var faults = 0
    var refreshes = 0
    var signIns = 0
    var foreignTabs = 0
    var lostByOthers = 0
    var unrefreshed = 0
    var questions = 0
    var inVain = 0
    var lost = 0
    var wakes = 0
    var days = 0.0
    var mostDailyWakes = 0
    var mostDailyEvents = 0
    var longest: [HealthChecks.Failure: TimeInterval] = [:]

    init() {}

    init(_ world: World) {
        violations = world.violations.count
        faults = world.faults.struck.count
        refreshes = world.refreshes.count
        signIns = world.prompts.count
        foreignTabs = world.signInChecks.foreignTabs
        lostByOthers = world.checks.lostByOthers
        unrefreshed = world.healthChecks.ends.excused
        questions = world.questions.all
        inVain = world.questions.inVain
        lost = world.questions.lost
        wakes = world.checks.allWakes
        days = world.time / Scenario.day
        mostDailyWakes = world.checks.mostDailyWakes
        mostDailyEvents = world.checks.mostDailyEvents
        longest = world.healthChecks.longest
    }

    mutating func add(_ other: YearSummary) {
        violations += other.violations
        faults += other.faults
        refreshes += other.refreshes
        signIns += other.signIns
        foreignTabs += other.foreignTabs
        lostByOthers += other.lostByOthers
        unrefreshed += other.unrefreshed
        questions += other.questions
        inVain += other.inVain
        lost += other.lost
        wakes += other.wakes
        days += other.days
        mostDailyWakes = max(mostDailyWakes, other.mostDailyWakes)
        mostDailyEvents = max(mostDailyEvents, other.mostDailyEvents)
        longest.merge(other.longest) { max($0, $1) }
    }

    var description: String {
        let spells = HealthChecks.Failure.allCases.map { "\($0) \(Int((longest[$0] ?? 0).rounded(.up))) s" }
        return """
            \(faults) faults, \(violations) violations; \(refreshes) refreshes, \(signIns) sign-ins by themselves, \
            \(foreignTabs) second tabs of Claude Code's own; \(questions) questions, \(inVain) in vain, \(lost) of them in a \
            session that went on; \(lostByOthers) refresh tokens lost by others, \(unrefreshed) ends unrefreshed with a \
            reason; healthy while work failed at most: \(spells.joined(separator: ", ")); \
            \(Int(Double(wakes) / max(days, 1))) wake-ups a day, \(mostDailyWakes) at most, and \(mostDailyEvents) events
            """
    }
}
