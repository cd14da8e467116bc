import FoundationEssentials
import SessionHealth

/// What a busy user and others with the same sessions do: they use the control socket, press buttons, sign in in
/// terminals, sign out and edit files, sometimes much of it at once.
final class Habits {
    private unowned let world: World
    private lazy var dice = world.dice("habits")
    private lazy var buttons = world.dice("buttons")

    init(_ world: World) { self.world = world }

    func begin() { world.after(dice.between(60, 5000)) { [self] in act() } }

    private func act() {
        guard !world.isCalm else { return }
        let session = anySession
        let isHurry = dice.isBelow(0.4)
        for number in 0..<(isHurry ? Int(dice.between(2, 7)) : 1) {
            world.after(number == 0 ? 0 : dice.between(0, 200)) { [self] in
                if world.strikes(.habit) { doSomething(about: session, isHurry) }
            }
        }
        world.after(dice.between(60, 9000)) { [self] in act() }
    }

    func doOneThing() { doSomething(about: anySession, false) }

    private var anySession: SSOSession { dice.one(of: world.home.sessions) }

    private func doSomething(about usual: SSOSession, _ isHurry: Bool) {
        let session = isHurry && dice.isBelow(0.8) ? usual : anySession
        switch dice.between(0, 100) {
        case ..<25: ask(for: session)
        case ..<35: refresh(session)
        case ..<38: world.daemon.tell(.reloadAsked)
        case ..<41: world.socket.call(.reload)
        case ..<44: monitor()
        case ..<64: signInInATerminal(session)
        case ..<72: press(session)
        case ..<77: signOut()
        case ..<81: end(session)
        case ..<83: forgetClients()
        default: world.person.edits.editSomething()
        }
    }

    private func ask(for session: SSOSession) {
        let name = session == world.home.sessions.first && dice.isBelow(0.5) ? nil : session.name
        world.note("person", "asks for a sign-in to \(name ?? "Claude's session")")
        let client = world.socket.call(.signIn(session: name, wantsMore: dice.isBelow(0.5), isContinued: false))
        if dice.isBelow(0.3) { world.after(dice.between(0, 100)) { [self] in world.socket.hangUp(client) } }
    }

    private func refresh(_ session: SSOSession) {
        let client = world.socket.call(.refresh(session: session.name))
        if dice.isBelow(0.3) { world.after(dice.between(0, 3)) { [self] in world.socket.hangUp(client) } }
    }

    private func monitor() {
        let client = world.socket.call(.monitor)
        world.after(dice.between(1, 20000)) { [self] in world.socket.hangUp(client) }
    }

    private func signInInATerminal(_ session: SSOSession) {
        let seed = dice.next()
        let terminal = Terminal(
            world, session, isDeviceFlow: dice.isBelow(0.7), dice: Dice(seed: seed, for: "terminal"), onEnd: {})
        terminal.start()
    }

    // MARK: The service

    /// `aws sso logout` removes all tokens, and ends the portal sessions.
    private func signOut() {
        world.note("person", "aws sso logout")
        for session in world.home.sessions {
            world.service.end(session)
            world.disk.remove(Home.places.token(session.tokenFileName))
        }
    }

    private func end(_ session: SSOSession) {
        world.note("service", "an administrator ends the session of \(session.name)")
        world.service.end(session)
    }

    private func forgetClients() {
        world.note("service", "forgets its clients")
        world.service.forgetClients()
    }

    // MARK: Notifications

    private func press(_ session: SSOSession) {
        let shown = world.screen.open.filter { $0.value.session == session.name }.keys.min()
        if let shown { world.screen.press(shown, .signIn) } else { ask(for: session) }
    }

    func answer(_ notification: Notification, _ id: UInt32) {
        guard buttons.isBelow(0.6) else { return }
        let isClosed = buttons.isBelow(0.3)
        let button = notification.buttons.isEmpty ? nil : buttons.one(of: notification.buttons)
        world.after(buttons.between(1, 300)) { [self] in
            guard world.screen.open[id]?.notification == notification else { return }
            if isClosed { return world.screen.closed(id) }
            if let button { world.screen.press(id, button) }
        }
    }
}
