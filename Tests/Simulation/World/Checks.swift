import FoundationEssentials
import SessionHealth

/// An automatic sign-in: when it started, for which token, and when it failed.
struct Prompt {
    var at: TimeInterval
    var session: String
    /// The access token that there was.
    var token: String?
    var isEarly: Bool
    var failedAt: TimeInterval?
}

/// What must hold at every step, whatever happens. It looks at the world, and not at what the agent believes of it.
final class Checks {
    private unowned let world: World
    private(set) var violations: [String] = []
    private(set) var prompts: [Prompt] = []
    private(set) var refreshes: [(at: TimeInterval, outcome: RefreshOutcome)] = []
    /// Tokens that were granted to a refresh that was killed before they were on disk.
    private(set) var lostTokens = 0
    /// How many timers fired, by the hour.
    private var timerWakes: [Int: Int] = [:]
    private(set) var mostTimerWakes = 0
    private var instant: TimeInterval = -1
    private var eventsOfInstant = 0
    private var signIns: [SignInProgram] = []
    /// The sign-ins of the daemon that were started by itself, by their programs.
    private var pendingPrompt: Int?
    private var promptOf: [ObjectIdentifier: Int] = [:]

    private static let mostEvents = 200
    private static let mostWakes = 400

    init(_ world: World) { self.world = world }

    func violate(_ what: String) {
        world.note("violation", what)
        violations.append("\(History.clock(world.time)): \(what)")
    }

    // MARK: The daemon's pace

    func tells(_ event: Event) {
        eventsOfInstant = instant == world.time ? eventsOfInstant + 1 : 0
        instant = world.time
        if eventsOfInstant == Checks.mostEvents {
            violate("\(Checks.mostEvents) events at one instant: \(event.words)")
        }
    }

    func wakes() {
        let hour = Int(world.time / 3600)
        timerWakes[hour, default: 0] += 1
        let wakes = timerWakes[hour] ?? 0
        mostTimerWakes = max(mostTimerWakes, wakes)
        if wakes == Checks.mostWakes { violate("a hot loop: \(wakes) wake-ups within an hour") }
    }

    // MARK: Sign-ins

    func signInBegins(_ program: SignInProgram) {
        signIns.removeAll { !$0.isAlive }
        for other in signIns where other.session == program.session {
            let who = (
                other.life == nil ? "a terminal's" : "the daemon's", program.life == nil ? "a terminal" : "the daemon"
            )
            violate("two sign-ins to \(program.session.name) at once: \(who.0), and now \(who.1)'s")
        }
        if program.life != nil, signIns.contains(where: { $0.life != nil }) {
            violate("two sign-ins of the daemon's at once")
        }
        signIns.append(program)
        promptOf[ObjectIdentifier(program)] = pendingPrompt
        pendingPrompt = nil
    }

    func signInEnds(_ program: SignInProgram) {
        guard let index = promptOf.removeValue(forKey: ObjectIdentifier(program)) else { return }
        if !program.hasWritten { prompts[index].failedAt = world.time }
    }

    /// The daemon is about to start one.
    func daemonSignsIn(_ order: SignInOrder) {
        guard order.record.isAutomatic else { return }
        let session = order.session
        let now = world.now.wall
        let token = world.disk.token(Home.places.token(session.tokenFileName))
        let file = world.home.document(of: session)
        var isEarly = false
        if case .found(let clocks) = token {
            if clocks.isRefreshable(at: now), let grant = file?.grant,
                !world.service.refused.contains(grant.refreshToken)
            {
                violate("a sign-in to \(session.name) by itself, although nobody refused its token")
            }
            isEarly = !clocks.hasRefreshToken && clocks.expiresAt > now
            if isEarly, clocks.expiresAt.timeIntervalSince(now) > Policy().legacyAhead + 1 {
                violate("a sign-in to \(session.name) by itself, long before its end")
            }
        }
        if !world.person.isPresent { violate("a sign-in to \(session.name) for nobody") }
        if facts(order).isSigningInElsewhere { violate("a sign-in to \(session.name) beside that in a terminal") }
        let day = prompts.filter { $0.at > world.time - 86400 + 1 }
        if world.clockError == 0, day.count >= Policy().budget { violate("a seventh sign-in within a day") }
        prompts.append(Prompt(at: world.time, session: session.name, token: file?.accessToken, isEarly: isEarly))
        pendingPrompt = prompts.count - 1
    }

    private func facts(_ order: SignInOrder) -> SessionFacts {
        world.daemon.core?.session(order.session.name) ?? SessionFacts(session: order.session, profiles: [])
    }

    // MARK: Refreshes

    /// A refresh puts a token in the place of what the file holds.
    func overwrites(_ session: SSOSession, with bytes: [UInt8]) {
        guard let old = world.home.document(of: session), let new = try? TokenDocument(parsing: bytes) else { return }
        if Service.number(of: new.accessToken) < Service.number(of: old.accessToken) {
            violate("the newer token of somebody else's is overwritten")
        }
    }

    /// A refresh has ended by itself.
    func refreshed(_ session: SSOSession, _ outcome: RefreshOutcome, granted: String?) {
        refreshes.append((world.time, outcome))
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

    // MARK: The screen

    func shows(_ session: String, _ notification: Notification) {
        let others = world.screen.open.values.filter { $0.session == session }
        if !world.hasCrashes, others.count > 1 { violate("two notifications of \(session) at once") }
    }
}
