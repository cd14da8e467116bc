import FoundationEssentials
import SessionHealth

/// A machine with its user, its daemon, ten AWS CLIs and an Identity Center. It makes none of the agent's decisions: it
/// passes events to the agent's own code, performs the resulting effects, and checks them.
///
/// Time jumps from one event to the next.
final class World {
    /// The wall-clock time at the start.
    static let start = Date(timeIntervalSince1970: 1_795_424_400)

    let scenario: String
    let seed: UInt64
    private(set) var climate: Climate
    /// The daemon may die, or has died, between any two effects.
    let hasCrashes: Bool
    let daemonLivesOn: Bool
    /// Everything works from now on.
    private(set) var isCalm = false
    /// Seconds since the start of the world, on a clock that is never set.
    private(set) var time: TimeInterval = 0
    /// When the machine last booted.
    private(set) var bootedAt: TimeInterval = 0
    /// How far the wall clock is off.
    private(set) var clockError: TimeInterval = 0
    private(set) var clockSetAt: TimeInterval = -1
    /// When the machine last resumed or booted; before that, nobody who waited could get an answer.
    private(set) var lastWake: TimeInterval = 0
    private var agenda = Agenda()
    var history = History()

    private(set) lazy var checks = Checks(self)
    private(set) lazy var signInChecks = SignInChecks(self)
    private(set) lazy var recordChecks = RecordChecks(self)
    private(set) lazy var refreshChecks = RefreshChecks(self)
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
    private(set) lazy var coincidences = Coincidences(self)
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

    // MARK: Its state

    var facts: Facts { daemon.core?.facts ?? Facts() }
    var plan: Plan { daemon.core?.plan ?? Plan() }
    var violations: [String] { checks.violations }
    var prompts: [Prompt] { signInChecks.prompts }
    var refreshes: [(at: TimeInterval, outcome: RefreshOutcome)] { checks.refreshes }
    var cliRefreshes: Int { refreshers.reduce(0) { $0 + $1.count } }
    var mostTimerWakes: Int { checks.mostTimerWakes }

    /// The command that replays this world.
    var replay: String { "SIMULATION='\(scenario)/\(seed)' swift test -c release --filter Simulation.Replay" }

    func dice(_ name: String) -> Dice { Dice(seed: seed, for: name) }

    /// Adds a line to the history, if that is kept.
    func note(_ who: StaticString, _ what: @autoclosure () -> String) { history.note(who, what, at: time) }

    // MARK: Time

    /// Schedules an action after this many seconds.
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

    /// The lid is closed: only the boot clock and the wall clock go on.
    func sleep(for span: TimeInterval) {
        note("lid", "closed for \(Int(span)) s")
        time += span
        lastWake = time
        daemon.tell(.woke)
        person.tellLogind()
    }

    /// The power is off for this long, then the machine boots.
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

    /// From now on everything works, and the user is present.
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
