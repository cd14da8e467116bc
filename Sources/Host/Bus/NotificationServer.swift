import CSystemd
import FoundationEssentials
import SessionHealth

/// The desktop's notification server (`org.freedesktop.Notifications`), over the session bus.
///
/// Connected only while needed. If there is no bus or no server, it waits for one to appear instead of polling.
package final class NotificationServer {
    package enum News {
        /// Another server has taken over, or there is none any more.
        case server
        /// A button of the notification with this ID was pressed.
        case pressed(UInt32, key: String)
        case closed(UInt32)
    }

    /// A running server. Notification IDs are valid only for the server that assigned them.
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
    /// Seconds until an unneeded connection is closed: a signal about the last notification may still arrive.
    private static let patience: TimeInterval = 2

    package private(set) var state = State.disconnected
    private let loop: EventLoop
    let onNews: (News) -> Void
    private(set) var bus: Bus?
    private var matches: [BusMatch] = []
    /// Number of the current query; answers to earlier ones are ignored.
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

    /// Looks for the server, unless a query is pending; the result is reported through `onNews`.
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

    /// The bus name has a new owner; an empty string means none.
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

    /// The bus is gone. The cleanup is deferred, because the bus's last message is still being handled.
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

    /// Sets whether the connection is still needed; an unneeded one is closed after a short delay.
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
