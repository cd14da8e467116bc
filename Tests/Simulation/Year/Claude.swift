import FoundationEssentials
import SessionHealth

/// Somebody's sessions of Claude Code: where their credentials do not work any more, one of them runs `awsAuthRefresh`,
/// under a lock of Claude Code's own.
final class Claude {
    private unowned let world: World
    private let year: UserYear
    private let refresher: Refresher
    private lazy var dice = world.dice("claude")
    /// When it last ran `awsAuthRefresh`, and whether that goes on.
    private var ranAt: TimeInterval = -.infinity
    private var isRunning = false
    /// How often it was asked; how often in vain although Identity Center could be reached, and of that, how often while
    /// the portal session went on.
    private(set) var counts = (all: 0, inVain: 0, lost: 0)

    private static let limit: TimeInterval = 180
    private static let rest: TimeInterval = 30

    init(_ world: World, _ year: UserYear) {
        self.world = world
        self.year = year
        refresher = Refresher(world, number: 1000, kind: .claude)
    }

    func begin() { world.after(dice.between(60, 600)) { [self] in ask() } }

    /// The machine was switched off.
    func loses() { isRunning = false }

    private func ask() {
        guard !world.isCalm else { return }
        world.after(dice.between(120, 3000)) { [self] in ask() }
        guard world.person.isPresent, let session = world.home.sessions.first else { return }
        counts.all += 1
        guard world.healthChecks.failure(of: session) != nil else { return }
        // Each session asks for itself, at about the same time.
        for number in 0..<year.claudes {
            world.after(dice.between(0, 2)) { [self] in
                refresher.refreshAll { [self] in if number == 0 { world.after(2) { [self] in check(session) } } }
            }
        }
    }

    private func check(_ session: SSOSession) {
        guard world.healthChecks.failure(of: session) != nil, world.service.isReachable, world.person.isPresent else {
            return
        }
        counts.inVain += 1
        if session.hasAccountScope, world.service.isRunning(session) { counts.lost += 1 }
        guard !isRunning, world.time > ranAt + Claude.rest else { return }
        world.note("claude", "runs awsAuthRefresh for \(session.name)")
        ranAt = world.time
        isRunning = true
        if year.coalesces {
            let seed = dice.next()
            Terminal(
                world, session, isDeviceFlow: false, dice: Dice(seed: seed, for: "terminal"),
                onEnd: { [self] in isRunning = false }
            ).start()
        } else {
            let program = world.programs.signIn(to: session, isDeviceFlow: dice.isBelow(0.5), isForeign: true)
            program.attach(onOutput: { _ in }, onEnd: { [self] _ in isRunning = false })
            let boot = world.bootedAt
            world.after(Claude.limit) { [self] in if boot == world.bootedAt { program.terminate() } }
        }
    }
}
