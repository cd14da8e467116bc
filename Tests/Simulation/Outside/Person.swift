import FoundationEssentials
import SessionHealth

/// The user, who may be away from the machine.
final class Person {
    private unowned let world: World
    private(set) var isPresent = true
    private var logindIsWatched = false
    private lazy var presence = world.dice("presence")
    private lazy var dice = world.dice("person")
    private(set) lazy var habits = Habits(world)
    private(set) lazy var edits = Edits(world)

    init(_ world: World) { self.world = world }

    func begin() {
        if world.climate.personLeaves { world.after(presence.between(600, 30000)) { [self] in comeOrGo() } }
        if world.climate.isBusy, world.climate.year == nil { habits.begin() }
        if world.climate.hasCoincidences { world.coincidences.begin() }
    }

    private func comeOrGo() {
        guard !world.isCalm else { return }
        if isPresent {
            guard world.strikes(.absence) else {
                return world.after(presence.between(60, 40000)) { [self] in comeOrGo() }
            }
        }
        isPresent.toggle()
        world.note("person", isPresent ? "is back" : "leaves")
        tellLogind()
        world.after(presence.between(60, 40000)) { [self] in comeOrGo() }
    }

    func comes() {
        guard !isPresent else { return }
        world.note("person", "is back")
        isPresent = true
        tellLogind()
    }

    func goes() {
        guard isPresent else { return }
        world.note("person", "leaves")
        isPresent = false
        tellLogind()
    }

    /// The user is back, and follows the agent's requests one after the other.
    func comeBack() {
        isPresent = true
        tellLogind()
        doWhatIsAsked(.login)
    }

    private enum Way { case socket, login }

    private func doWhatIsAsked(_ way: Way) {
        world.after(Person.pause) { [self] in
            doWhatIsAsked(way == .socket ? .login : .socket)
            if world.plan.condition == .misconfigured { world.socket.call(.reload) }
            let asked = zip(world.facts.sessions, world.plan.sessions).first {
                if case .signedOut? = $1.need?.hold { true } else { false }
            }
            guard let session = asked?.0.session else { return }
            switch way {
            case .socket: world.socket.call(.signIn(session: session.name, wantsMore: false, isContinued: false))
            case .login: Terminal(world, session, isDeviceFlow: true, dice: dice, onEnd: {}).start()
            }
        }
    }

    private static let pause: TimeInterval = 600

    // MARK: logind

    /// logind answers after a moment; where it is slow, only after the agent has stopped waiting for it.
    func beginToTellLogind() {
        guard world.climate.hasLogind else { return world.daemon.tell(.loginSessions(nil)) }
        let life = world.daemon.life
        world.after(presence.isBelow(0.95) ? presence.between(0.005, 0.1) : presence.between(2.5, 10)) { [self] in
            guard life == world.daemon.life else { return }
            tellLogind()
        }
    }

    func tellLogind() {
        guard world.climate.hasLogind else { return }
        var session = LoginSession()
        session.isOfAPerson = true
        session.isGraphical = true
        session.isActive = true
        session.isLocked = !isPresent
        world.daemon.tell(.loginSessions([session]))
    }

    // MARK: Requests to the user

    /// The user is shown a sign-in page.
    func sees(_ program: SignInProgram, confirm: @escaping () -> Void) {
        guard dice.isBelow(world.climate.diligence) else { return }
        world.after(dice.between(15, 150)) { [self] in
            // A user of a terminal may be at another machine.
            if program.life == nil || isPresent { confirm() }
        }
    }

    func reads(_ notification: Notification, _ id: UInt32) {
        if world.climate.isBusy, !world.isCalm { habits.answer(notification, id) }
    }
}
