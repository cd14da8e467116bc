import FoundationEssentials
import SessionHealth

/// A named climate and what to run in it. Together with a seed, it determines everything that happens.
struct Scenario: Sendable {
    var name: String
    var climate: @Sendable (UInt64) -> Climate
    var live: @Sendable (World) -> Void

    static let day: TimeInterval = 86400

    /// - Parameters:
    ///   - days: how long it lasts.
    ///   - calmDays: how long everything works afterwards.
    init(_ name: String, _ climate: Climate, days: Double = 30, calmDays: Double? = nil) {
        self.init(name, { _ in climate }) { world in
            world.run(for: days * Scenario.day)
            guard let calmDays else { return }
            world.calmDown()
            world.run(for: calmDays * Scenario.day)
            // It may just be in the middle of a daily routine.
            for _ in 0..<30 where world.plan.condition != .healthy { world.run(for: 60) }
        }
    }

    /// - Parameter climate: the climate of each seed.
    init(
        _ name: String, _ climate: @escaping @Sendable (UInt64) -> Climate,
        live: @escaping @Sendable (World) -> Void
    ) {
        self.name = name
        self.climate = climate
        self.live = live
    }

    /// See `World`.
    func world(
        _ seed: UInt64, keepsHistory: Bool = false, only: Set<Fault>? = nil, stopsAtFirst: Bool = false,
        endsAt: TimeInterval = .infinity
    ) -> World {
        let world = World(
            self, seed: seed, keepsHistory: keepsHistory, only: only, stopsAtFirst: stopsAtFirst, endsAt: endsAt)
        live(world)
        return world
    }

    // MARK: All of them

    static let all =
        [
            quiet, person, outages, legacy, longLegacy, sleepOfTokens, sleepOfSession,
        ] + storms + storms.map { $0.ending } + crashes + busy + [lostTokens, year, hardMonth]

    static func named(_ name: String) -> Scenario? { all.first { $0.name == name } }

    static let quiet = Scenario("quiet", Climate(portalLength: 90 * day))
    static let person = Scenario("person", Climate())
    static let outages = Scenario("outages", Climate(portalLength: 90 * day, hasOutages: true, hasSuspends: true))
    static let legacy = Scenario("legacy", Climate(isLegacy: true))
    static let longLegacy = Scenario("long legacy", Climate(portalLength: 90 * day, isLegacy: true))

    static let sleepOfTokens = Scenario("sleep of tokens", { _ in Climate(portalLength: 90 * day, clis: 0) }) { world in
        world.run(for: 3600)
        world.sleep(for: 5 * 3600)
        world.run(for: 600)
    }
    static let sleepOfSession = Scenario("sleep of session", { _ in Climate(clis: 0) }) { world in
        world.run(for: 3600)
        world.sleep(for: 20 * 3600)
        world.run(for: 600)
    }

    static let storms: [Scenario] = [
        Climate(hasOutages: true, hasSuspends: true, personLeaves: true, diligence: 0.5),
        Climate(hasOutages: true, hasSuspends: true, hasRestarts: true, personLeaves: true, diligence: 0.2),
        Climate(isLegacy: true, hasOutages: true, hasSuspends: true, personLeaves: true, diligence: 0.6),
        Climate(isLegacy: true, hasRestarts: true, diligence: 0.1),
        Climate(portalLength: 900, hasRestarts: true, diligence: 0.9),
        Climate(portalLength: 900, isLegacy: true, hasOutages: true, diligence: 0.9),
    ].enumerated().map { Scenario("storm \($0)", $1, days: 12) }

    /// The same with clock changes, and with a calm end.
    private var ending: Scenario {
        var climate = climate(0)
        climate.hasClockJumps = true
        climate.portalLength = 90 * Scenario.day
        // Long enough for the longest cooldown or the daily limit, plus the clock change.
        return Scenario("\(name) that ends", climate, days: 4, calmDays: 2)
    }

    static let endings = storms.map(\.ending)

    static let crashes: [Scenario] = [
        Climate(hasOutages: true, crashes: 0.01, diligence: 0.7),
        Climate(rotation: .spends, hasTornWrites: true, crashes: 0.005, refreshCrashes: 0.01, personLeaves: true),
        Climate(isLegacy: true, sideSessions: 1, crashes: 0.01, hasPowerCuts: true, diligence: 0.6, screen: .flaky),
    ].enumerated().map { Scenario("crash \($0)", $1, days: 6, calmDays: 2) }

    /// Refreshes crash, and some of them lose the token that they were granted.
    static let lostTokens = Scenario(
        "lost tokens",
        Climate(portalLength: 90 * day, rotation: .spends, clis: 0, crashes: 0.002, refreshCrashes: 0.01), days: 15,
        calmDays: 1)

    static let year = UserYear.scenario("year", misfortune: 1, days: UserYear.days)
    static let hardMonth = UserYear.scenario("hard month", misfortune: 30, days: 30)

    static let busy: [Scenario] = [
        Climate(clis: 4, sideSessions: 2, isBusy: true),
        Climate(
            rotation: .spends, clis: 4, sideSessions: 1, hasTornWrites: true, hasOutages: true, hasRefusals: true,
            hasSuspends: true, personLeaves: true,
            diligence: 0.7, isBusy: true, screen: .flaky),
        Climate(
            registrationLength: 86400, clis: 4, sideSessions: 3, hasRestarts: true, hasUnits: false, diligence: 0.6,
            isBusy: true),
        Climate(
            isLegacy: true, clis: 4, sideSessions: 1, hasTornWrites: true, hasFullDisks: true, diligence: 0.7,
            isBusy: true,
            hasLogind: false, screen: .absent),
        Climate(rotation: .spends, clis: 4, sideSessions: 1, crashes: 0.005, diligence: 0.8, isBusy: true),
        Climate(
            clis: 2, sideSessions: 5, hasOutages: true, hasSuspends: true, hasRefusedCalls: true, diligence: 0.7,
            isBusy: true, hasCoincidences: true),
        Climate(
            clis: 2, sideSessions: 2, losesState: true, hasRestarts: true, diligence: 0.5, isBusy: true,
            hasCoincidences: true),
        Climate(
            portalLength: 90 * day, isLegacy: true, clis: 0, diligence: 0.6, isBusy: true, hasCoincidences: true),
    ].enumerated().map { Scenario("busy \($0)", $1, days: 2, calmDays: 1.5) }
}
