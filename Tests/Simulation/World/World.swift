import FoundationEssentials
import SessionHealth

/// A machine with its person, its daemon, ten AWS CLIs and an Identity Center. It decides nothing that the agent decides:
/// it tells the agent's own code what happens, does what that says, and watches.
///
/// Time jumps from one thing that happens to the next.
final class World {
    /// What the clock on the wall shows at first.
    static let start = Date(timeIntervalSince1970: 1_795_424_400)

    let scenario: String
    let seed: UInt64
    private(set) var climate: Climate
    /// The daemon may die between any two effects, or did so.
    let hasCrashes: Bool
    let daemonLivesOn: Bool
    /// Everything works from now on.
    private(set) var isCalm = false
    /// Seconds since the world began; nobody can set this clock.
    private(set) var time: TimeInterval = 0
    /// When the machine was last switched on.
    private(set) var bootedAt: TimeInterval = 0
    /// By how much the wall clock is wrong.
    private(set) var clockError: TimeInterval = 0
    private(set) var clockSetAt: TimeInterval = -1
    /// When the machine last woke up or was switched on: until then, whoever waited could not have been answered.
    private(set) var lastWake: TimeInterval = 0
    private var agenda = Agenda()
    var history = History()

    private(set) lazy var checks = Checks(self)
    private(set) lazy var signInChecks = SignInChecks(self)
    private(set) lazy var journal = Journal(self)
    private(set) lazy var restChecks = RestChecks(self)
    private(set) lazy var service = Service(self)
    private(set) lazy var disk = Disk(self)
    private(set) lazy var home = Home(self)
    private(set) lazy var locks = Locks(self)
    private(set) lazy var programs = Programs(self)
    private(set) lazy var screen = Screen(self)
    private(set) lazy var socket = ControlSocket(self)
    private(set) lazy var daemon = Daemon(self)
    private(set) lazy var person = Person(self)
    private(set) lazy var weather = Weather(self)
    private var refreshers: [Refresher] = []

    var now: Moment { Moment(wall: World.start + (time + clockError), boot: time - bootedAt) }

    init(_ scenario: Scenario, seed: UInt64, keepsHistory: Bool = false) {
        self.scenario = scenario.name
        self.seed = seed
        climate = scenario.climate
        hasCrashes = climate.crashes > 0
        daemonLivesOn = !hasCrashes && !climate.hasRestarts && !climate.hasPowerCuts
        history.isKept = keepsHistory
        home.furnish()
        daemon.start()
        refreshers = (0..<climate.clis).map { Refresher(self, number: $0) }
        person.begin()
        weather.begin()
    }

    // MARK: What is known of it

    var facts: Facts { daemon.core?.facts ?? Facts() }
    var plan: Plan { daemon.core?.plan ?? Plan() }
    var violations: [String] { checks.violations }
    var prompts: [Prompt] { signInChecks.prompts }
    var refreshes: [(at: TimeInterval, outcome: RefreshOutcome)] { checks.refreshes }
    var cliRefreshes: Int { refreshers.reduce(0) { $0 + $1.count } }
    var mostTimerWakes: Int { checks.mostTimerWakes }

    /// How to see what happened in it.
    var replay: String { "SIMULATION='\(scenario)/\(seed)' swift test -c release --filter Simulation.Replay" }

    func dice(_ name: String) -> Dice { Dice(seed: seed, for: name) }

    /// Notes what happened, where that is kept.
    func note(_ who: StaticString, _ what: @autoclosure () -> String) { history.note(who, what, at: time) }

    // MARK: Time

    /// Has something happen in so many seconds.
    func after(_ seconds: TimeInterval, _ act: @escaping () -> Void) { agenda.put(at: time + max(0, seconds), act) }

    func run(for span: TimeInterval) {
        let end = time + span
        while violations.count < 5 {
            let timer = daemon.nextTimer
            let at = min(timer, agenda.next)
            guard at <= end else { break }
            time = max(time, at)
            if timer <= at { daemon.timerFires() } else { agenda.take()?() }
        }
        time = max(time, end)
    }

    func setClock(by step: TimeInterval) {
        note("clock", "is set by \(Int(step)) s")
        clockError += step
        clockSetAt = time
    }

    /// The lid is closed: boot and wall clock go on, nothing else does.
    func sleep(for span: TimeInterval) {
        note("lid", "closed for \(Int(span)) s")
        time += span
        lastWake = time
        daemon.tell(.woke)
        person.tellLogind()
    }

    /// No power for so long, then it starts again.
    func cutPower(for span: TimeInterval) {
        note("power", "off for \(Int(span)) s")
        daemon.loseProcess()
        programs.loseAll()
        locks.loseAll()
        socket.loseAll()
        screen.restart()
        disk.losePower()
        time += span
        bootedAt = time
        lastWake = time
        daemon.start()
        weather.networkIsBack()
    }

    /// From here on everything works, and the person is there.
    func calmDown() {
        note("world", "calms down")
        isCalm = true
        climate = Climate(
            portalLength: 90 * 86400, isLegacy: climate.isLegacy, rotates: climate.rotates, clis: 0,
            sideSessions: climate.sideSessions, hasUnits: climate.hasUnits)
        weather.clear()
        home.tidyUp()
        screen.comeBack()
        person.comeBack()
    }
}
