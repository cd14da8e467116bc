import FoundationEssentials
import SessionHealth

/// One run of `bedrock-agent-net refresh`: performs the steps of `RefreshSteps` on the simulated disk and service. It
/// is independent of the daemon that started it.
final class RefreshProcess {
    let order: RefreshOrder
    /// The number of the daemon process that started it.
    let life: Int
    private unowned let world: World
    let startedAt: TimeInterval
    private let dice: () -> Double
    private let onEnd: (ProgramEnding, [UInt8]) -> Void
    private var steps: RefreshSteps
    private(set) var isAlive = true
    private var isLate = false
    private var file: TokenDocument?
    private var readings = 0
    private var holder: Int?
    /// The access token that the service granted.
    private var granted: String?
    private var grantedRefresh: String?

    /// How often `TokenFile` reads a file that is being written.
    private static let mostReadings = 20
    private static let pause: TimeInterval = 0.05
    /// The time between SIGTERM and SIGKILL, as in `SessionDeadline`.
    private static let grace: TimeInterval = 2

    /// The new token is on the disk.
    private var isKept = false

    private var path: String { Home.places.token(order.session.tokenFileName) }
    /// Named by the refresh token that was sent last.
    private var kept = ""

    /// - Parameters:
    ///   - dice: returns random numbers in `0 ..< 1`.
    ///   - onEnd: gets how it ended, and what it printed.
    init(
        _ world: World, _ order: RefreshOrder, dice: @escaping () -> Double,
        onEnd: @escaping (ProgramEnding, [UInt8]) -> Void
    ) {
        self.world = world
        self.order = order
        life = world.daemon.life
        startedAt = world.time
        self.dice = dice
        self.onEnd = onEnd
        // Rounded as on the command line.
        let expiresAt = try? Timestamp.parse(Timestamp.format(order.expiresAt))
        steps = RefreshSteps(
            path: Home.places.token(order.session.tokenFileName), expiresAt: expiresAt ?? order.expiresAt)
    }

    func start() {
        // At the time limit, the host sends SIGTERM, which it ignores, and then SIGKILL.
        world.after(order.timeout - RefreshProcess.grace) { [weak self] in
            guard let self, isAlive else { return }
            isLate = true
            world.after(RefreshProcess.grace) { [weak self] in self?.kill(.timedOut) }
        }
        after(0.02) { [self] in perform(RefreshSteps.first) }
    }

    /// Ends it without telling anybody.
    func lose() {
        isAlive = false
        release()
    }

    func kill(_ ending: ProgramEnding) {
        guard isAlive else { return }
        lose()
        world.healthChecks.hinders()
        world.refreshChecks.dies(order.session)
        if let granted, !isKept { world.checks.lost(granted, of: order.session) }
        onEnd(ending, [])
    }

    // MARK: Its steps

    private func after(_ seconds: TimeInterval, _ act: @escaping () -> Void) {
        world.after(seconds) { [self] in
            guard isAlive else { return }
            if world.programs.refreshDiesNow() { return kill(.exited(-9)) }
            if world.climate.refreshCrashes > 0, dice() < world.climate.refreshCrashes, world.strikes(.refreshCrash) {
                world.note("refresh", "\(order.session.name): dies")
                return kill(.exited(-9))
            }
            act()
        }
    }

    private func did(_ outcome: RefreshSteps.Outcome, in seconds: TimeInterval = 0.002) {
        after(seconds) { [self] in perform(steps.next(outcome, at: world.now)) }
    }

    private func perform(_ step: RefreshSteps.Step) {
        switch step {
        case .lock:
            world.locks.wait("refresh \(order.session.name)") { [self] holder in
                guard isAlive else { return world.locks.release("refresh \(order.session.name)", by: holder) }
                self.holder = holder
                did(.locked)
            }
        case .read:
            readings = 0
            read()
        case .recover: recover()
        case .reserve: did(world.disk.isFull ? .failed("No space left on device") : .reserved)
        case .ask(let grant):
            kept = "\(path).\(grant.fingerprint).granted"
            ask(grant)
        case .pause(let seconds): did(.paused, in: seconds)
        case .keep(let bytes):
            world.disk.replace(kept, with: bytes)
            isKept = true
            if let granted { world.checks.keeps(granted, grantedRefresh) }
            did(.kept)
        case .write(let bytes, let old): write(bytes, over: old)
        case .done(let outcome): end(outcome)
        }
    }

    /// As `KeptGrant` does.
    private func recover() {
        for name in world.disk.names(from: path + ".", to: ".granted") {
            let place = "\(path).\(name).granted"
            if let bytes = world.disk.bytes(of: place), let token = try? TokenDocument(parsing: bytes),
                let old = world.disk.bytes(of: path), let file = try? TokenDocument(parsing: old),
                token.belongs(over: file, grantedFor: name)
            {
                world.checks.overwrites(order.session, with: bytes)
                world.disk.replace(path, with: bytes)
            }
            world.disk.remove(place)
        }
        did(.recovered)
    }

    private func read() {
        guard let bytes = world.disk.bytes(of: path) else { return did(.failed("\(path): no such file")) }
        do {
            let document = try TokenDocument(parsing: bytes)
            file = document
            did(.read(document))
        } catch {
            readings += 1
            guard readings < RefreshProcess.mostReadings else { return did(.failed("\(path): \(error)")) }
            after(RefreshProcess.pause) { [self] in read() }
        }
    }

    private func ask(_ grant: TokenDocument.Grant) {
        let way = 0.15 + 2.35 * dice()
        after(world.service.trouble == .silence ? 30 : way) { [self] in
            let answer = world.service.answer(to: grant.body, secrets: [grant.clientSecret, grant.refreshToken])
            world.note("refresh", "\(order.session.name): \(answer)")
            if case .granted(let accessToken, _, let refreshToken) = answer {
                granted = accessToken
                grantedRefresh = refreshToken
            }
            if case .offline = answer { world.coincidences.refreshFails(wayBack: way) }
            did(.answered(answer), in: way)
        }
    }

    private func write(_ bytes: [UInt8], over old: [UInt8]) {
        guard world.disk.bytes(of: path) == old else { return did(.written(false)) }
        world.checks.overwrites(order.session, with: bytes)
        world.disk.replace(path, with: bytes)
        world.disk.remove(kept)
        did(.written(true))
    }

    private func end(_ outcome: RefreshOutcome) {
        isAlive = false
        if outcome.isSuccess || !isKept { world.disk.remove(kept) }
        release()
        world.checks.refreshed(order.session, outcome, granted: granted)
        if case .sessionEnded = outcome, !isLate { world.coincidences.sessionEnds(order.session) }
        onEnd(isLate ? .timedOut : .exited(0), outcome.json)
        if !isLate { world.refreshChecks.ends(self, outcome) }
    }

    private func release() {
        if let holder { world.locks.release("refresh \(order.session.name)", by: holder) }
    }
}
