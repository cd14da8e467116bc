import FoundationEssentials
import SessionHealth

/// The programs that the daemon starts, and the service manager's view of their units.
final class Programs {
    private unowned let world: World
    private var refreshes: [RefreshProcess] = []
    private var signIns: [SignInProgram] = []
    private var refreshDeath: Int?
    private var lastPID: Int32 = 1000
    private lazy var dice = world.dice("programs")
    private lazy var latencies = world.dice("refresh latencies")

    /// The service manager stores the output pipe of the daemon's sign-in for the next daemon.
    var keepsOutput = false

    /// Seconds after the time limit when the manager ends a unit itself.
    private static let lastResort: TimeInterval = 5

    init(_ world: World) { self.world = world }

    func refresh(_ order: RefreshOrder, onEnd: @escaping (ProgramEnding, [UInt8]) -> Void) {
        let process = RefreshProcess(
            world, order, dice: { [self] in latencies.between(0, 1) }, onEnd: onEnd)
        refreshes.removeAll { !$0.isAlive }
        world.checks.refreshBegins(beside: refreshes.count { $0.life == process.life })
        world.refreshChecks.begins(order)
        refreshes.append(process)
        process.start()
    }

    /// How many refreshes of this daemon run.
    var refreshCount: Int { refreshes.count { $0.isAlive && $0.life == world.daemon.life } }

    /// A sign-in started by the daemon.
    /// - Parameter timeout: seconds until it is ended, even if no daemon runs any more.
    func signIn(as order: SignInOrder) -> SignInProgram {
        let program = add(order.session, life: world.daemon.life)
        if program.unit != nil { world.after(order.timeout + Programs.lastResort) { program.terminate() } }
        program.start(
            isDeviceFlow: dice.isBelow(0.5), renews: Home.renews(order.command),
            isOurs: AuthRefresh(order.command).callsOnUs)
        return program
    }

    /// Ends the sign-in that the daemon waits for.
    func stopSignIn() { signIns.first { $0.isAlive && $0.isRead }?.terminate() }

    /// A sign-in started in a terminal.
    /// - Parameter isForeign: no `bedrock-agent login` started it.
    func signIn(to session: SSOSession, isDeviceFlow: Bool, isForeign: Bool = false) -> SignInProgram {
        let program = add(session, life: nil)
        program.isForeign = isForeign
        program.start(isDeviceFlow: isDeviceFlow)
        return program
    }

    private func add(_ session: SSOSession, life: Int?) -> SignInProgram {
        lastPID += 1
        var unit: String?
        if life != nil, world.climate.hasUnits { unit = "sign-in \(session.tokenKeyHash) \(lastPID)" }
        let program = SignInProgram(
            world, session, life: life, unit: unit, pid: lastPID, dice: Dice(seed: dice.next(), for: "sign-in"))
        signIns.removeAll { !$0.isAlive }
        signIns.append(program)
        return program
    }

    /// Somebody runs `aws sso login`, to whatever session.
    var foreignRuns: Bool { signIns.contains { $0.isAlive && $0.isForeign } }

    /// The next refresh dies before this step of its own.
    func refreshDies(before step: Int) { refreshDeath = step }

    /// Whether it dies now.
    func refreshDiesNow() -> Bool {
        guard let left = refreshDeath, !world.isCalm else { return false }
        refreshDeath = left > 1 ? left - 1 : nil
        return left <= 1
    }

    /// The running sign-ins that daemons started, as units or as processes.
    var running: [AgentState.RunningSignIn] {
        signIns.filter { $0.isAlive && $0.life != nil }.map {
            var record = AgentState.RunningSignIn(
                session: $0.session.tokenKeyHash, startedAt: $0.startedAt, isAutomatic: true)
            record.unit = $0.unit
            record.pid = $0.unit == nil ? $0.pid : nil
            return record
        }
    }

    /// The sign-in of a record; nil if it is not running any more.
    func find(_ record: AgentState.RunningSignIn) -> SignInProgram? {
        signIns.first { $0.isAlive && (record.unit == nil ? $0.pid == record.pid : $0.unit == record.unit) }
    }

    /// The latest output may be lost.
    func daemonDies() { signIns.forEach { $0.daemonDies() } }

    /// What the daemon recorded is lost.
    func forgetRecords() { signIns.forEach { $0.isForgotten = true } }

    /// The daemon is gone; the programs that it started keep running.
    func detach() { signIns.filter { $0.life != nil }.forEach { $0.detach() } }

    func loseAll() {
        refreshes.forEach { $0.lose() }
        signIns.forEach { $0.lose() }
        refreshes = []
        signIns = []
        keepsOutput = false
    }
}
