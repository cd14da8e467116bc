import FoundationEssentials
import SessionHealth

/// What a busy person does besides: asks, presses buttons, signs in in terminals, signs out, edits files.
final class Habits {
    private unowned let world: World
    private lazy var dice = world.dice("habits")
    private lazy var buttons = world.dice("buttons")

    private static let otherCommand = Home.command + " --no-browser"

    init(_ world: World) { self.world = world }

    func begin() { world.after(dice.between(60, 5000)) { [self] in act() } }

    private func act() {
        guard !world.isCalm else { return }
        world.after(dice.between(60, 5000)) { [self] in act() }
        switch dice.between(0, 100) {
        case ..<20: ask()
        case ..<30: refresh()
        case ..<35: world.daemon.tell(.reloadAsked)
        case ..<40: world.socket.call(.reload)
        case ..<45: monitor()
        case ..<70: signInInATerminal()
        case ..<78: signOut()
        case ..<84: world.service.end(dice.one(of: world.home.sessions))
        case ..<92: editSettings()
        default: editConfig()
        }
    }

    private var anySession: String? { dice.isBelow(0.3) ? nil : dice.one(of: world.home.sessions).name }

    private func ask() {
        let session = anySession
        world.note("person", "asks for a sign-in to \(session ?? "Claude's session")")
        let client = world.socket.call(.signIn(session: session, wantsMore: dice.isBelow(0.5), isContinued: false))
        if dice.isBelow(0.3) { world.after(dice.between(0, 100)) { [self] in world.socket.hangUp(client) } }
    }

    private func refresh() {
        let client = world.socket.call(.refresh(session: anySession))
        if dice.isBelow(0.3) { world.after(dice.between(0, 3)) { [self] in world.socket.hangUp(client) } }
    }

    private func monitor() {
        let client = world.socket.call(.monitor)
        world.after(dice.between(1, 20000)) { [self] in world.socket.hangUp(client) }
    }

    /// And meanwhile asks elsewhere, too.
    private func signInInATerminal() {
        let session = dice.one(of: world.home.sessions)
        let seed = dice.next()
        let terminal = Terminal(
            world, session, isDeviceFlow: dice.isBelow(0.7), dice: Dice(seed: seed, for: "terminal"), onEnd: {})
        terminal.start()
        guard dice.isBelow(0.6) else { return }
        world.after(dice.between(0.5, 150)) { [self] in
            if dice.isBelow(0.5) {
                world.socket.call(.signIn(session: session.name, wantsMore: dice.isBelow(0.5), isContinued: false))
            } else {
                pressAny()
            }
        }
    }

    private func pressAny() {
        guard let id = world.screen.open.keys.sorted().first else { return ask() }
        world.screen.press(id, .signIn)
    }

    /// `aws sso logout` removes every token, and ends the portal sessions.
    private func signOut() {
        world.note("person", "aws sso logout")
        for session in world.home.sessions {
            world.service.end(session)
            world.disk.remove(Home.places.token(session.tokenFileName))
        }
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

    // MARK: Files

    private func editSettings() {
        world.note("person", "edits the settings")
        let path = Home.places.userSettings
        let changed =
            switch dice.between(0, 3) {
            case ..<1: world.home.settings(model: "sonnet")
            case ..<2: world.home.settings(command: Habits.otherCommand)
            default: world.home.settings(usesBedrock: false)
            }
        world.disk.write(path, changed)
        if dice.isBelow(0.3) { world.after(1) { [self] in world.socket.call(.approve(command: Habits.otherCommand)) } }
        world.after(dice.between(2, 3000)) { [self] in world.disk.write(path, world.home.settings()) }
    }

    /// Some side sessions are not guarded for a while.
    private func editConfig() {
        let most = world.climate.sideSessions
        guard most > 0 else { return }
        let fewer = Int(dice.between(0, Double(most) - 0.01))
        world.note("person", "has \(fewer) side sessions guarded")
        world.disk.write(Home.places.config, world.home.agentConfig(sideSessions: fewer))
        world.after(dice.between(0.5, 3000)) { [self] in
            world.disk.write(Home.places.config, world.home.agentConfig(sideSessions: most))
        }
    }
}
