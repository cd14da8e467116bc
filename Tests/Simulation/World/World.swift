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
    var faults = Faults()
    /// How many violations end it, and when it ends whatever happens.
    private let most: Int
    private let endsAt: TimeInterval

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
    private(set) lazy var healthChecks = HealthChecks(self)
    private var refreshers: [Refresher] = []
    private var days: Days?
    private var misfortunes: Misfortunes?
    private var claude: Claude?

    var now: Moment { Moment(wall: World.start + (time + clockError), boot: time - bootedAt) }

    /// - Parameters:
    ///   - only: the faults that may strike; nil for all.
    ///   - stopsAtFirst: it ends with its first violation.
    ///   - endsAt: it ends then, at the latest.
    init(
        _ scenario: Scenario, seed: UInt64, keepsHistory: Bool = false, only: Set<Fault>? = nil,
        stopsAtFirst: Bool = false, endsAt: TimeInterval = .infinity
    ) {
        self.scenario = scenario.name
        self.seed = seed
        climate = scenario.climate(seed)
        most = stopsAtFirst ? 1 : 5
        self.endsAt = endsAt
        faults.only = only
        hasCrashes = climate.crashes > 0 || climate.year?.hasDeaths == true
        daemonLivesOn = !hasCrashes && !climate.hasRestarts && !climate.hasPowerCuts
        history.isKept = keepsHistory
        home.furnish()
        daemon.start()
        refreshers = (0..<climate.clis).map { Refresher(self, number: $0) }
        person.begin()
        if climate.year == nil { weather.begin() }
        guard let year = climate.year else { return }
        days = Days(self, year)
        misfortunes = Misfortunes(self, year)
        days?.begin()
        misfortunes?.begin()
        refreshers = year.programs.enumerated().map { Refresher(self, number: $0, kind: $1) }
        claude = Claude(self, year)
        claude?.begin()
    }

    // MARK: Its state

    var facts: Facts { daemon.core?.facts ?? Facts() }
    var plan: Plan { daemon.core?.plan ?? Plan() }
    var violations: [String] { checks.violations }
    var prompts: [Prompt] { signInChecks.prompts }
    var refreshes: [(at: TimeInterval, outcome: RefreshOutcome)] { checks.refreshes }
    /// What Claude Code was asked, and how often in vain.
    var questions: (all: Int, inVain: Int, lost: Int) { claude?.counts ?? (0, 0, 0) }
    var cliRefreshes: Int { refreshers.reduce(0) { $0 + $1.count } }
    var mostTimerWakes: Int { checks.mostTimerWakes }

    /// The command that replays this world.
    var replay: String {
        let only = faults.only.map { _ in " FAULTS='\(faults.struck.map { "\($0)" }.joined(separator: ", "))'" } ?? ""
        return "SIMULATION='\(scenario)/\(seed)'\(only) swift test -c release --filter Simulation.Replay"
    }

    /// The next fault of this kind is about to strike.
    /// - Returns: whether it does.
    func strikes(_ kind: Fault.Kind) -> Bool {
        guard faults.strikes(kind) else { return false }
        note("fault", faults.struck.last?.description ?? "")
        return true
    }

    func dice(_ name: String) -> Dice { Dice(seed: seed, for: name) }

    /// Adds a line to the history, if that is kept.
    func note(_ who: StaticString, _ what: @autoclosure () -> String) { history.note(who, what, at: time) }

    // MARK: Time

    /// Schedules an action after this many seconds.
    func after(_ seconds: TimeInterval, _ act: @escaping () -> Void) { agenda.put(at: time + max(0, seconds), act) }

    func run(for span: TimeInterval) {
        let end = min(time + span, endsAt)
        while violations.count < most {
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
        healthChecks.hinders()
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
        claude?.loses()
        daemon.start()
        weather.networkIsBack()
    }

    /// From now on everything works, and the user is present.
    func calmDown() {
        note("world", "calms down")
        isCalm = true
        climate = Climate(
            portalLength: 90 * 86400, isLegacy: climate.isLegacy, rotation: climate.rotation, clis: 0,
            sideSessions: climate.sideSessions, hasUnits: climate.hasUnits)
        weather.clear()
        home.tidyUp()
        screen.comeBack()
        person.comeBack()
    }
}
