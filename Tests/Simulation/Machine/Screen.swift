import FoundationEssentials
import SessionHealth

/// The desktop's notification server, and the daemon's connection to it, as in `NotificationServer`.
final class Screen {
    enum Kind: Sendable {
        case reliable
        /// It crashes, and comes back with another bus name.
        case flaky
        case absent
    }

    private unowned let world: World
    /// The current server; nil if there is none.
    private var server: Int?
    private var lastServer = 0
    private(set) var open: [UInt32: (session: String, notification: Notification)] = [:]
    private var lastID: UInt32 = 0
    /// The daemon is connected.
    private var isConnected = false
    /// The server that the daemon knows.
    private var known: Int?
    private var isAsking = false
    /// Number of the pending request to close the connection; 0 for none.
    private var closing = 0
    private var lastClosing = 0
    private lazy var dice = world.dice("screen")

    /// Seconds until an unneeded connection is closed.
    private static let patience: TimeInterval = 2

    init(_ world: World) {
        self.world = world
        if world.climate.screen != .absent { appear() }
    }

    private func appear() {
        lastServer += 1
        server = lastServer
        lastID = 0
        guard world.climate.screen == .flaky else { return }
        world.after(dice.between(600, 50000)) { [self] in crash() }
    }

    private func crash() {
        guard !world.isCalm else { return }
        guard world.strikes(.screen) else { return }
        world.note("screen", "its server crashes")
        server = nil
        open = [:]
        if isConnected { tellOfCrash() }
        world.after(dice.between(0.1, 5000)) { [self] in comeBack() }
    }

    /// The bus keeps the order: not after it has told of the next server.
    private func tellOfCrash() {
        let life = world.daemon.life
        world.after(dice.between(0.001, 0.01)) { [self] in
            guard life == world.daemon.life, isConnected, server == nil else { return }
            world.daemon.tell(.desktop(.absent))
        }
    }

    func comeBack() {
        guard server == nil else { return }
        world.note("screen", "there is a server")
        appear()
        if isConnected { ask() }
    }

    /// The machine was switched off.
    func restart() {
        open = [:]
        if server != nil { appear() }
    }

    // MARK: The daemon's connection

    private func tell(_ event: Event) { world.daemon.tell(event, in: dice.between(0.001, 0.01)) }

    func connect(startsServer: Bool) {
        guard !isAsking else { return }
        isConnected = true
        if startsServer, server == nil, world.climate.screen == .flaky, dice.isBelow(0.3) { appear() }
        ask()
    }

    private func ask() {
        isAsking = true
        let life = world.daemon.life
        world.after(dice.between(0.001, 0.02)) { [self] in
            guard life == world.daemon.life, isConnected else { return }
            isAsking = false
            known = server
            world.daemon.tell(.desktop(server.map { .serving("bus :1.\($0)") } ?? .absent))
        }
    }

    func keep(_ isNeeded: Bool) {
        guard isConnected, !isNeeded else { return closing = 0 }
        guard closing == 0 else { return }
        lastClosing += 1
        closing = lastClosing
        let wish = closing
        world.after(Screen.patience) { [self] in if closing == wish { disconnect() } }
    }

    func disconnect() {
        isConnected = false
        known = nil
        isAsking = false
        closing = 0
    }

    func show(_ notification: Notification, for session: String, replacing id: UInt32) {
        world.note("screen", "\(session): \(notification.summary): \(notification.body)")
        if server != nil, isConnected, server == known { world.restChecks.tells(notification, of: session) }
        guard isConnected, let server, server == known else {
            return world.daemon.tell(.notificationShown(session: session, notification, id: nil))
        }
        let life = world.daemon.life
        world.after(dice.between(0.001, 0.02)) { [self] in
            var shown: UInt32?
            if self.server == server {
                let isUpdate = open[id] != nil
                if !isUpdate { lastID += 1 }
                let new = isUpdate ? id : lastID
                open[new] = (session, notification)
                shown = new
                appeared(new, notification)
            }
            guard life == world.daemon.life, isConnected else { return }
            world.daemon.tell(.notificationShown(session: session, notification, id: shown))
        }
    }

    private func appeared(_ id: UInt32, _ notification: Notification) {
        world.checks.shows(open[id]?.session ?? "", notification)
        if notification.lifetime != 0 {
            let seconds = notification.lifetime > 0 ? Double(notification.lifetime) / 1000 : 10
            world.after(seconds) { [self] in if open[id]?.notification == notification { closed(id) } }
        }
        world.person.reads(notification, id)
    }

    func close(_ id: UInt32) {
        guard isConnected, open[id] != nil else { return }
        closed(id)
    }

    /// The notification is closed, by whomever.
    func closed(_ id: UInt32) {
        open[id] = nil
        if isConnected, known != nil { tell(.notificationClosed(id)) }
    }

    func press(_ id: UInt32, _ button: Notification.Button) {
        guard open[id] != nil, isConnected, known != nil else { return }
        let life = world.daemon.life
        world.after(dice.between(0.001, 0.01)) { [self] in
            guard life == world.daemon.life, let session = open[id]?.session else { return }
            if button == .signIn { world.signInChecks.presses(session, on: id) }
            if button == .renew { world.signInChecks.renews(session) }
            world.daemon.tell(.buttonPressed(id, button))
        }
    }
}
