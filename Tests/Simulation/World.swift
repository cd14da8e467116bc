import FoundationEssentials
import SessionHealth

/// What goes wrong, and how the person behaves.
struct Climate {
    var portalLength: TimeInterval = 8 * 3600
    var isLegacy = false
    var clis = 10
    var hasOutages = false
    var hasSuspends = false
    var hasClockJumps = false
    var hasRestarts = false
    var personLeaves = false
    /// How often a present person follows a sign-in through.
    var diligence = 1.0
}

/// A machine, its person, ten AWS CLIs and an Identity Center, driven by the plan alone: time jumps from one wake-up
/// or event to the next.
final class World {
    static let start = Date(timeIntervalSince1970: 1_795_424_400)
    static let name = "corp"

    /// An automatic sign-in: when it started, for which token, and when it failed.
    struct Prompt {
        var at: TimeInterval
        var token: String?
        var isEarly: Bool
        var failedAt: TimeInterval?
    }

    private enum Happening {
        case cli, outage, suspend, jump, lock, restart
        case refreshDone(TokenClocks)
        case signInDone(willWork: Bool)
    }

    var climate: Climate
    var center: IdentityCenter
    var dice: Dice
    var facts = Facts()
    /// True time, and the boot clock.
    private(set) var time: TimeInterval = 0
    /// By how much the wall clock is wrong.
    private(set) var clockError: TimeInterval = 0
    private var file: TokenFacts = .absent
    private var wake = Wake()
    private var queue: [(at: TimeInterval, event: Happening)] = []

    private(set) var prompts: [Prompt] = []
    private(set) var refreshes: [(at: TimeInterval, outcome: RefreshOutcome)] = []
    private(set) var cliRefreshes = 0
    private(set) var timerWakes: [Int: Int] = [:]
    private(set) var violations: [String] = []

    var now: Moment { Moment(wall: World.start + time + clockError, boot: time) }
    var plan: Plan { SessionHealth.plan(for: facts, at: now) }

    init(_ climate: Climate, seed: UInt64) {
        self.climate = climate
        dice = Dice(seed: seed)
        center = IdentityCenter(portalLength: climate.portalLength)
        facts.claude.subject = .session(World.name)
        facts.sessions = [newSession()]
        file = .found(center.signIn(isLegacy: climate.isLegacy, at: 0, wall: now.wall))
        read(isOurs: false)
        facts.sessions[0].record.signedInAt = now.wall
        for _ in 0..<climate.clis { queue.append((dice.between(0, 1800), .cli)) }
        if climate.hasOutages { queue.append((dice.between(600, 90000), .outage)) }
        if climate.hasSuspends { queue.append((dice.between(600, 90000), .suspend)) }
        if climate.hasClockJumps { queue.append((dice.between(600, 90000), .jump)) }
        if climate.personLeaves { queue.append((dice.between(600, 30000), .lock)) }
        if climate.hasRestarts { queue.append((dice.between(600, 90000), .restart)) }
    }

    private func newSession() -> SessionFacts {
        let session = SSOSession(
            name: World.name, startURL: "https://corp.awsapps.com/start", region: "us-west-2",
            scopes: climate.isLegacy ? nil : [SSOSession.accountScope])
        var facts = SessionFacts(session: session, profiles: ["work-dev"])
        facts.command = .approved("aws sso login --profile work-dev")
        facts.jitter = dice.between(0, 0.999)
        return facts
    }

    // MARK: Time

    func run(for span: TimeInterval) {
        let end = time + span
        step()
        while violations.count < 5 {
            let next = queue.indices.min { queue[$0].at < queue[$1].at }
            let timer = nextTimer()
            let at = min(timer, next.map { queue[$0].at } ?? .infinity)
            guard at <= end else { break }
            if timer <= at {
                time = max(time, timer)
                timerWakes[Int(time / 3600), default: 0] += 1
                if timerWakes[Int(time / 3600), default: 0] > 300 { violations.append("a hot loop at \(time)") }
                step()
            } else if let next {
                time = max(time, at)
                if happen(queue.remove(at: next).event) { step() }
            }
        }
        time = max(time, end)
    }

    private func nextTimer() -> TimeInterval {
        let wall = wake.wall.map { $0.timeIntervalSince(World.start) - clockError } ?? .infinity
        // Timers count microseconds, and are never early.
        return max(time, min(wall, wake.boot ?? .infinity) + 1e-6)
    }

    /// The lid is closed: boot and wall clock go on, nothing else does.
    func sleep(for span: TimeInterval) {
        time += span
        facts.retryHint = time
    }

    /// From here on everything works, and the person is there.
    func calmDown() {
        climate = Climate(portalLength: climate.portalLength, isLegacy: climate.isLegacy, clis: 0)
        queue.removeAll {
            switch $0.event {
            case .refreshDone, .signInDone: false
            default: true
            }
        }
        center.isReachable = true
        facts.retryHint = time
        facts.presence = .present
    }

    // MARK: What the daemon does

    private func step() {
        let decided = plan
        wake = decided.wake
        guard let action = decided.sessions.first?.action else { return }
        switch action {
        case .refresh:
            guard let token = facts.sessions[0].token.clocks else { return }
            facts.sessions[0].refreshBegan(at: now)
            queue.append((time + dice.between(0.3, 5), .refreshDone(token)))
        case .signIn(_, let isEarly, _): prompt(isEarly: isEarly)
        }
        let after = plan
        wake = after.wake
        if after.sessions.first?.action != nil { violations.append("the action at \(time) is decided again") }
    }

    private func prompt(isEarly: Bool) {
        let session = facts.sessions[0]
        if let clocks = session.token.clocks, clocks.isRefreshable(at: now.wall), session.record.refusal == nil {
            violations.append("a sign-in at \(time), although nobody refused the token")
        }
        if facts.signIn != nil { violations.append("two sign-ins at \(time)") }
        if facts.presence != .present { violations.append("a sign-in for nobody at \(time)") }
        prompts.append(Prompt(at: time, token: session.token.clocks?.fingerprint, isEarly: isEarly))
        facts.signInBegan(World.name, isAutomatic: true, isEarly: isEarly, at: now.wall)
        let willWork = center.isReachable && dice.isBelow(climate.diligence)
        let length = !center.isReachable ? 3 : willWork ? dice.between(15, 150) : facts.policy.signInTimeout
        queue.append((time + length, .signInDone(willWork: willWork)))
    }

    private func read(isOurs: Bool) {
        facts.sessions[0].note(file, at: now.wall, signInIsOurs: isOurs)
    }

    // MARK: What happens to it

    /// Tells whether the daemon notices.
    private func happen(_ event: Happening) -> Bool {
        switch event {
        case .cli:
            queue.append((time + dice.between(30, 1800), .cli))
            return cli()
        case .outage:
            center.isReachable.toggle()
            if center.isReachable, dice.isBelow(0.5) { facts.retryHint = time }
            queue.append((time + (center.isReachable ? dice.between(3600, 90000) : dice.between(30, 20000)), .outage))
        case .suspend:
            sleep(for: dice.between(60, 80000))
            queue.append((time + dice.between(600, 90000), .suspend))
        case .jump:
            clockError += dice.isBelow(0.5) ? dice.between(-10, 10) : dice.between(-20000, 20000)
            queue.append((time + dice.between(600, 200000), .jump))
        case .lock:
            facts.presence = facts.presence == .present ? .away : .present
            queue.append((time + dice.between(60, 40000), .lock))
        case .restart:
            restart()
            queue.append((time + dice.between(600, 90000), .restart))
        case .refreshDone(let token): refreshDone(token)
        case .signInDone(let willWork): signInDone(willWork)
        }
        return true
    }

    /// botocore: every use of the token with less than 15 minutes left refreshes it.
    private func cli() -> Bool {
        guard case .found(let token) = file, token.isRefreshable(at: now.wall),
            token.expiresAt.timeIntervalSince(now.wall) < 15 * 60,
            case .success(let fresh) = center.refresh(at: time, wall: now.wall)
        else { return false }
        cliRefreshes += 1
        file = .found(fresh)
        read(isOurs: facts.signIn != nil)
        return true
    }

    private func refreshDone(_ token: TokenClocks) {
        var outcome: RefreshOutcome
        if let there = file.clocks, there.fingerprint != token.fingerprint {
            outcome = .adopted(expiresAt: there.expiresAt)
        } else {
            switch center.refresh(at: time, wall: now.wall) {
            case .success(let fresh):
                file = .found(fresh)
                outcome = .refreshed(expiresAt: fresh.expiresAt)
            case .failure(let refusal): outcome = refusal.outcome
            }
        }
        read(isOurs: facts.signIn != nil)
        // A daemon that started meanwhile knows nothing of it.
        guard facts.sessions[0].isRefreshing else { return }
        refreshes.append((time, outcome))
        let hint = facts.retryHint
        facts.sessions[0].refreshEnded(
            outcome, token: token, at: now, spread: dice.between(-1, 1), jitter: dice.between(0, 0.999),
            retryHint: hint)
    }

    private func signInDone(_ willWork: Bool) {
        guard let began = facts.signIn else { return }
        let works = willWork && center.isReachable && facts.presence == .present
        if works { file = .found(center.signIn(isLegacy: climate.isLegacy, at: time, wall: now.wall)) }
        read(isOurs: true)
        let helped = facts.signInEnded(World.name, word: works ? "changed-nothing" : "timed-out", at: now)
        if !helped, began.isAutomatic { prompts[prompts.count - 1].failedAt = time }
    }

    /// The daemon dies and starts again: it knows what it wrote down, and finds its sign-in still running, or gone.
    private func restart() {
        let record = facts.sessions[0].record
        facts.sessions = [newSession()]
        facts.sessions[0].record = record
        facts.retryHint = nil
        read(isOurs: false)
        guard facts.signIn != nil, dice.isBelow(0.5) else { return }
        queue.removeAll { if case .signInDone = $0.event { true } else { false } }
        signInDone(false)
    }
}
