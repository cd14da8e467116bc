import FoundationEssentials
import SessionHealth

/// What a user does at just the wrong moment, and what happens to the machine then.
final class Coincidences {
    private unowned let world: World
    private lazy var dice = world.dice("coincidences")
    /// For what depends on a program that runs.
    private lazy var moments = world.dice("moments")
    private lazy var hands = world.dice("hands")

    private var movedAt: TimeInterval = -.infinity

    init(_ world: World) { self.world = world }

    func begin() { world.after(dice.between(60, 5000)) { [self] in act() } }

    private func act() {
        guard !world.isCalm else { return }
        let choice = dice.between(0, 3)
        if world.strikes(.coincidence) {
            switch choice {
            case ..<1: closeTwoTerminals()
            case ..<2: refreshAll()
            default: refreshDuringASignIn()
            }
        }
        world.after(dice.between(600, 9000)) { [self] in act() }
    }

    private var anySession: SSOSession { dice.one(of: world.home.sessions) }

    private func ask(for session: SSOSession) {
        world.note("person", "asks for a sign-in to \(session.name)")
        world.socket.call(.signIn(session: session.name, wantsMore: true, isContinued: false))
    }

    // MARK: The user

    /// Two terminals sign in, somebody waits for both, and both are closed in the same instant. Meanwhile, the command
    /// may have been edited, so that it has to be approved again.
    private func closeTwoTerminals() {
        var sessions = world.home.sessions
        while sessions.count > 2 { sessions.remove(at: Int.random(in: sessions.indices, using: &dice)) }
        let terminals = sessions.map { session in
            Terminal(world, session, isDeviceFlow: true, dice: Dice(seed: dice.next(), for: "terminal"), onEnd: {})
        }
        terminals.forEach { $0.start() }
        world.after(dice.between(2, 4)) { sessions.forEach { [self] in ask(for: $0) } }
        if dice.isBelow(0.3) { world.after(5) { [self] in world.person.edits.editCommand(for: 10) } }
        world.after(dice.between(6, 12)) { terminals.forEach { $0.interrupt() } }
    }

    /// Somebody has every session refreshed; another takes one of them out of the configuration before that has ended,
    /// and puts it back when it has, or has not.
    private func refreshAll() {
        for session in world.home.sessions { world.socket.call(.refresh(session: session.name)) }
        let side = world.home.sessions.dropFirst().randomElement(using: &dice)
        guard let side, dice.isBelow(0.8) else { return }
        let pause = dice.isBelow(0.5) ? dice.between(0.5, 2) : dice.between(5, 5000)
        world.after(dice.between(0.1, 2)) { [self] in world.person.edits.takeOut(side, for: pause) }
    }

    /// Somebody asks for a sign-in to a session that works, and then for its refresh.
    private func refreshDuringASignIn() {
        let session = anySession
        ask(for: session)
        world.after(dice.between(1, 20)) { [self] in world.socket.call(.refresh(session: session.name)) }
    }

    /// The daemon is about to be told that the session has ended: somebody has just signed in with another program.
    func sessionEnds(_ session: SSOSession) {
        guard world.climate.hasCoincidences, world.service.isReachable, hands.isBelow(0.3),
            world.strikes(.coincidence)
        else { return }
        world.note("person", "has just signed in to \(session.name) by hand")
        world.refreshChecks.signsInByHand(to: session)
        let granted = world.service.signIn(to: session, world.service.register())
        world.disk.write(Home.places.token(session.tokenFileName), granted.file(at: world.now.wall))
    }

    /// The user has just signed in ahead of the end, and asks for another sign-in before that end.
    func earlySignInEnds(_ session: SSOSession) {
        guard world.climate.hasCoincidences, !world.isCalm, hands.isBelow(0.7), world.strikes(.coincidence)
        else { return }
        world.after(hands.between(1, 600)) { [self] in ask(for: session) }
    }

    // MARK: The machine

    /// The sign-in page has just been shown: a package may be upgraded now, which restarts the daemon.
    func pageAppears(of program: SignInProgram) {
        guard world.climate.hasCoincidences, world.climate.hasRestarts, program.life != nil, moments.isBelow(0.3),
            world.strikes(.restart)
        else { return }
        let isKilled = moments.isBelow(0.3)
        world.after(moments.between(0, 0.4)) { [self] in
            if isKilled { world.daemon.die("killed while a page appears") } else { world.daemon.tell(.stopAsked) }
        }
    }

    /// The user has signed in, and the program is about to write the token and to end.
    func isConfirmed(_ program: SignInProgram) {
        guard world.climate.hasCoincidences, world.climate.hasRestarts, program.life != nil, moments.isBelow(0.2),
            world.strikes(.restart)
        else { return }
        world.after(moments.between(0, 0.5)) { [self] in world.daemon.tell(.stopAsked) }
    }

    /// A refresh did not reach the service, and the daemon will know in a moment: there is another network now.
    func refreshFails(wayBack: TimeInterval) {
        guard world.climate.hasCoincidences, world.time > movedAt + 1800, moments.isBelow(0.3),
            world.strikes(.coincidence)
        else { return }
        movedAt = world.time
        world.after(moments.between(0, wayBack)) { [self] in world.weather.networkIsBack() }
    }

    /// Whether the system refuses what the daemon has just asked it for.
    func refuses() -> Bool { world.climate.hasRefusedCalls && moments.isBelow(0.2) && world.strikes(.refusedCall) }
}
