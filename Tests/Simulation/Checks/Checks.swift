import FoundationEssentials
import SessionHealth

/// What must hold at every step. It checks the world itself, not what the agent believes about it.
final class Checks {
    private unowned let world: World
    private(set) var violations: [String] = []
    private(set) var refreshes: [(at: TimeInterval, outcome: RefreshOutcome)] = []
    /// Tokens granted to a refresh that was killed before writing them to disk.
    private(set) var lostTokens = 0
    /// The refresh tokens that our refreshes have put on the disk.
    private var kept: Set<String> = []
    private var ours: Set<String> = []
    /// How often the last refresh token of a session was in no file: whoever was granted it died, or could not write.
    private(set) var lostByOthers = 0
    /// How many timers fired in each day.
    private var dailyWakes: [Int: Int] = [:]
    var mostDailyWakes: Int { dailyWakes.values.max() ?? 0 }
    var allWakes: Int { dailyWakes.values.reduce(0, +) }
    /// How many events the daemon was told in each day, whatever woke it.
    private var dailyEvents: [Int: Int] = [:]
    var mostDailyEvents: Int { dailyEvents.values.max() ?? 0 }
    /// How many timers fired in each hour.
    private var timerWakes: [Int: Int] = [:]
    private(set) var mostTimerWakes = 0
    private var instant: TimeInterval = -1
    private var eventsOfInstant = 0
    private static let mostEvents = 200
    private static let mostWakes = 400
    static let mostRefreshes = 4

    init(_ world: World) { self.world = world }

    func violate(_ what: String) {
        world.note("violation", what)
        violations.append("\(History.clock(world.time)): \(what)")
    }

    // MARK: The daemon's event rate

    /// - Returns: false if the daemon handles events endlessly.
    func tells(_ event: Event) -> Bool {
        eventsOfInstant = instant == world.time ? eventsOfInstant + 1 : 0
        instant = world.time
        dailyEvents[Int(world.time / Scenario.day), default: 0] += 1
        guard eventsOfInstant >= Checks.mostEvents else { return true }
        violate("\(Checks.mostEvents) events at one instant: \(event.words)")
        return false
    }

    func wakes() {
        dailyWakes[Int(world.time / Scenario.day), default: 0] += 1
        let hour = Int(world.time / 3600)
        timerWakes[hour, default: 0] += 1
        let wakes = timerWakes[hour] ?? 0
        mostTimerWakes = max(mostTimerWakes, wakes)
        if wakes == Checks.mostWakes { violate("a hot loop: \(wakes) wake-ups within an hour") }
    }

    // MARK: Refreshes

    /// The daemon starts a refresh while `others` are running.
    func refreshBegins(beside others: Int) {
        if others >= Checks.mostRefreshes { violate("\(others + 1) refreshes at once") }
    }

    /// A refresh overwrites the session's token file.
    func overwrites(_ session: SSOSession, with bytes: [UInt8]) {
        guard let old = world.home.document(of: session), let new = try? TokenDocument(parsing: bytes) else { return }
        if Service.number(of: new.accessToken) < Service.number(of: old.accessToken) {
            violate("the newer token of somebody else's is overwritten")
        }
    }

    /// A refresh has ended by itself.
    func refreshed(_ session: SSOSession, _ outcome: RefreshOutcome, granted: String?) {
        refreshes.append((world.time, outcome))
        if case .sessionEnded = outcome { lookForLost(session) }
        guard granted != nil, let grant = world.home.document(of: session)?.grant else { return }
        if world.service.isSpent(grant.refreshToken) {
            violate("\(session.name) was granted a token, and is left with one that is spent: \(outcome)")
        }
    }

    /// A refresh was killed after it was granted a token.
    func lost(_ granted: String, of session: SSOSession) {
        let file = world.home.document(of: session)
        if file.map({ Service.number(of: $0.accessToken) < Service.number(of: granted) }) ?? true { lostTokens += 1 }
    }

    /// A refresh has put these on the disk.
    func keeps(_ accessToken: String, _ refreshToken: String?) {
        ours.insert(accessToken)
        if let refreshToken { kept.insert(refreshToken) }
    }

    /// Whether a refresh of ours was granted this access token.
    func isOurs(_ accessToken: String) -> Bool { ours.contains(accessToken) }

    /// The service refuses the refresh token of the file: is there another one, which it would take?
    private func lookForLost(_ session: SSOSession) {
        guard let newest = world.service.newest(for: session, after: world.home.document(of: session)?.grant) else {
            return
        }
        world.note("service", "would take \(newest), which is in no file")
        if kept.contains(newest) {
            return violate("\(newest) of \(session.name) is lost, and the service would take it")
        }
        lostByOthers += 1
    }

    // MARK: The screen

    func shows(_ session: String, _ notification: Notification) {
        let others = world.screen.open.values.filter { $0.session == session }
        if !world.hasCrashes, world.home.lostStateAt == nil, others.count > 1 {
            violate("two notifications of \(session) at once")
        }
    }
}
