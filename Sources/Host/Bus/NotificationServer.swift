import CSystemd
import FoundationEssentials
import SessionHealth

/// The desktop's notifications (`org.freedesktop.Notifications`), over the user's message bus.
///
/// Connected only while somebody wants something of it. Where there is no bus or no server, it waits for one: it never
/// tries in a loop.
package final class NotificationServer {
    package enum News {
        /// There is another server now, or none.
        case server
        /// A button of this notification was pressed.
        case pressed(UInt32, key: String)
        case closed(UInt32)
    }

    /// One that serves; its notifications' ids are another one's for any other.
    package struct Server: Equatable {
        package let name: String
        let owner: String
        let capabilities: Set<String>
    }

    package enum State: Equatable {
        case disconnected, asking, absent
        case serving(Server)
    }

    static let name = "org.freedesktop.Notifications"
    static let path = "/org/freedesktop/Notifications"
    private static let shortestPause: TimeInterval = 5
    private static let longestPause: TimeInterval = 320
    /// Seconds until an unneeded connection is closed: a word about the last notification may be on its way.
    private static let patience: TimeInterval = 2

    package private(set) var state = State.disconnected
    private let loop: EventLoop
    let onNews: (News) -> Void
    private(set) var bus: Bus?
    private var matches: [BusMatch] = []
    /// The question whose answer counts.
    private var round = 0
    private var closing: Timer?
    private var dropping: EventSource?
    private var retry: Timer?
    private var pause = NotificationServer.shortestPause
    private var isResting = false

    package init(_ loop: EventLoop, onNews: @escaping (News) -> Void) {
        self.loop = loop
        self.onNews = onNews
    }

    // MARK: The connection

    /// Finds out who serves, where that is not known. What is found is news.
    /// - Parameter startsServer: whether the bus may start one.
    package func connect(startsServer: Bool) {
        guard !isResting, state != .asking else { return }
        if bus == nil {
            guard let bus = try? Bus.user(loop) else { return }
            self.bus = bus
            bus.onDisconnect = { [weak self] in self?.lost() }
            let found = try? listen(on: bus)
            guard let found else { return self.bus = nil }
            matches = found
        }
        ask(startsServer: startsServer)
    }

    /// The name has another owner on the bus; an empty one is none.
    func owned(by owner: String) {
        if owner.isEmpty {
            round += 1
            set(.absent)
        } else {
            ask(startsServer: false)
        }
    }

    private func ask(startsServer: Bool) {
        round += 1
        let round = round
        guard let bus,
            let call = try? bus.call(
                NotificationServer.name, NotificationServer.path, NotificationServer.name, "GetCapabilities")
        else { return }
        call.startsService = startsServer
        state = .asking
        bus.send(call) { [weak self] result in
            guard let self, self.round == round else { return }
            guard case .success(let reply) = result, let owner = reply.sender, let busName = bus.identity else {
                return set(.absent)
            }
            pause = NotificationServer.shortestPause
            set(.serving(Server(name: "\(busName) \(owner)", owner: owner, capabilities: Set(reply.strings()))))
        }
    }

    private func set(_ state: State) {
        self.state = state
        onNews(.server)
    }

    /// The bus has gone. Not at once: its last message is what is being handled.
    private func lost() {
        dropping = try? loop.later { [weak self] in
            guard let self else { return }
            drop()
            isResting = true
            if retry == nil {
                retry = try? loop.timer(.boottime) { [weak self] in
                    self?.isResting = false
                    self?.onNews(.server)
                }
            }
            retry?.arm(at: EventLoop.now().boot + pause)
            pause = min(pause * 2, NotificationServer.longestPause)
            onNews(.server)
        }
    }

    /// Says whether anything is still wanted of the connection; without that, it is closed soon.
    package func keep(_ isNeeded: Bool) {
        guard bus != nil, !isNeeded else {
            closing = nil
            return
        }
        guard closing == nil else { return }
        closing = try? loop.timer(.boottime) { [weak self] in self?.drop() }
        closing?.arm(at: EventLoop.now().boot + NotificationServer.patience)
    }

    private func drop() {
        closing = nil
        round += 1
        matches = []
        bus = nil
        state = .disconnected
    }
}
