import FoundationEssentials
import SessionHealth

/// The daemon's process: holds the core, passes events to it and performs its effects, as the real `Agent` does. It may
/// die between any two effects.
final class Daemon {
    unowned let world: World
    /// Nil while no daemon runs.
    private(set) var core: RunningCore?
    /// The number of this process. Callbacks of earlier processes are ignored.
    private(set) var life = 0
    private var happened: [Event] = []
    private var isTelling = false
    private var watched: Set<String> = []
    /// The inotify limit has been reached.
    var watchFails = false
    private var isSettling = false
    private var wallTimer: (date: Date, lateness: TimeInterval)?
    private var bootTimer: (at: TimeInterval, lateness: TimeInterval)?
    private(set) var startedAt: TimeInterval = 0
    /// When the core last updated its plan.
    private(set) var plannedAt: TimeInterval = 0
    /// It dies before the effect of this number; 0 for none.
    private var dyingBefore = 0
    /// The latest that a file's change is noticed, in seconds.
    static let notice: TimeInterval = 0.5
    private lazy var deaths = world.dice("deaths")
    private lazy var latencies = world.dice("daemon latencies")
    private lazy var seeds = world.dice("core seeds")
    private lazy var losses = world.dice("state losses")

    init(_ world: World) { self.world = world }

    // MARK: The process

    func start() {
        guard core == nil else { return }
        life += 1
        startedAt = world.time
        world.home.lookForKeptGrants()
        world.note("daemon", "starts")
        core = RunningCore(
            Core(
                places: Home.places,
                process: .init(running: true, version: "0", pid: Int32(life), since: world.now.wall),
                environment: Home.environment, watching: Home.files, seed: seeds.next(),
                localTime: { date, _ in Timestamp.format(date) }))
        world.journal.starts(life)
        if world.climate.losesState, losses.isBelow(0.3), world.strikes(.lostState) {
            world.home.loseState(leavesHalf: losses.isBelow(0.5))
            world.programs.forgetRecords()
        }
        do {
            let state = try world.home.state()
            // The state file stores whole seconds.
            world.home.keep(state)
            tell(.started(state, damage: nil))
        } catch {
            if !(error is HostFailure) { world.checks.violate("state.json cannot be read: \(error)") }
            tell(.started(AgentState(), damage: "\(error)"))
        }
    }

    /// The process dies at once, and the service manager starts another one.
    func die(_ why: String) {
        guard core != nil else { return }
        world.note("daemon", "dies: \(why)")
        world.programs.daemonDies()
        loseProcess()
        world.socket.loseAll()
        // Clients that call meanwhile wait for it, but not for long.
        let isLong = deaths.isBelow(0.1) && !world.climate.isBusy
        world.after(isLong ? deaths.between(5, 1000) : deaths.between(0.1, 5)) { [self] in start() }
    }

    /// It dies soon.
    /// - Parameter effect: how many effects from now on.
    func dies(before effect: Int) { dyingBefore = effect }

    /// The daemon announces that it stops.
    func stops() {
        world.note("daemon", "stops")
        loseProcess()
        world.socket.handOver()
        world.after(deaths.between(0.1, 5)) { [self] in start() }
    }

    /// The process ends, and no other one is started.
    func loseProcess() {
        core = nil
        life += 1
        happened = []
        isTelling = false
        watched = []
        isSettling = false
        wallTimer = nil
        bootTimer = nil
        world.programs.detach()
        world.screen.disconnect()
    }

    // MARK: Events

    /// Passes an event, and all that follow from it at once, to the core before this returns.
    func tell(_ event: Event) {
        guard core != nil else { return }
        happened.append(event)
        guard !isTelling else { return }
        isTelling = true
        let life = life
        while life == self.life, !happened.isEmpty {
            let event = happened.removeFirst()
            guard world.checks.tells(event) else { return die("it goes on and on") }
            world.note("event", event.words)
            for effect in core?.handle(event, at: world.now) ?? [] {
                if dyingBefore > 0 {
                    dyingBefore -= 1
                    if dyingBefore == 0 { return die("before \(effect.words)") }
                }
                if deaths.isBelow(world.climate.crashes), world.strikes(.crash) {
                    return die("before \(effect.words)")
                }
                world.note("effect", effect.words)
                perform(effect)
                guard life == self.life else { return }
            }
        }
        isTelling = false
        world.healthChecks.look()
        if !isSettling { world.restChecks.rests(self) }
    }

    /// Passes an event a little later, if the same process is still running.
    func tell(_ event: Event, in seconds: TimeInterval) {
        let life = life
        world.after(seconds) { [self] in if life == self.life { tell(event) } }
    }

    func fileChanged(_ path: String) {
        guard watched.contains(path) else { return }
        // It may not have its turn at once.
        tell(.filesChanged([path]), in: latencies.between(0, latencies.isBelow(0.05) ? Daemon.notice - 0.05 : 0.01))
    }

    // MARK: Timers

    /// When the next timer fires; never early.
    var nextTimer: TimeInterval {
        let wall = wallTimer.map { $0.date.timeIntervalSince(World.start) - world.clockError + $0.lateness }
        let boot = bootTimer.map { $0.at + world.bootedAt + $0.lateness }
        return min(wall ?? .infinity, boot ?? .infinity)
    }

    func timerFires() {
        let now = world.now
        if let timer = wallTimer, timer.date <= now.wall { wallTimer = nil }
        if let timer = bootTimer, timer.at <= now.boot { bootTimer = nil }
        world.checks.wakes()
        tell(.timer)
    }

    func watches(_ path: String) -> Bool { watched.contains(path) }

    /// Whether timers are armed for these times.
    func isArmed(for wake: Wake) -> Bool {
        let wall = wake.wall.map { wanted in wallTimer.map { $0.date <= wanted } ?? false } ?? true
        let boot = wake.boot.map { wanted in bootTimer.map { $0.at <= wanted } ?? false } ?? true
        return wall && boot
    }
}

// MARK: State for its effects

extension Daemon {
    func arm(_ wake: Wake) {
        wallTimer = wake.wall.map { ($0, latencies.between(1e-6, 1)) }
        bootTimer = wake.boot.map { ($0, latencies.between(1e-6, 0.05)) }
    }

    func settle() {
        guard !isSettling else { return }
        isSettling = true
        let life = life
        world.after(latencies.between(0, 0.01)) { [self] in
            guard life == self.life else { return }
            isSettling = false
            plannedAt = world.time
            tell(.settled)
        }
    }

    /// - Returns: why the files cannot be watched; nil if they are.
    func watch(_ files: Set<String>) -> String? {
        if watchFails { return "No space left on device" }
        watched = files
        return nil
    }

    /// Nothing is watched any more, and nothing can be, until `watchFails` is reset.
    func losesWatches() {
        watched = []
        watchFails = true
        tell(.watched(failure: "No space left on device"))
    }
}

/// A core behind a reference: it is looked at after each event, and to copy all of it would take a tenth of the time.
final class RunningCore {
    private var core: Core

    init(_ core: Core) { self.core = core }

    var facts: Facts { core.facts }
    var plan: Plan { core.plan }
    var state: AgentState { core.state }

    func session(_ name: String) -> SessionFacts? { core.session(name) }
    func status(at now: Date) -> Status { core.status(at: now) }
    func handle(_ event: Event, at now: Moment) -> [Effect] { core.handle(event, at: now) }
}
