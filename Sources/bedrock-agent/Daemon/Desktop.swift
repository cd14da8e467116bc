import Host
import SessionHealth

/// The notifications of the desktop, between the bus and the core.
final class Desktop {
    private let loop: EventLoop
    private let tell: (Event) -> Void
    private lazy var server = NotificationServer(loop) { [unowned self] in heard($0) }

    init(_ loop: EventLoop, tell: @escaping (Event) -> Void) {
        self.loop = loop
        self.tell = tell
    }

    func connect(startsServer: Bool) { server.connect(startsServer: startsServer) }

    func keep(_ isNeeded: Bool) { server.keep(isNeeded) }

    func show(_ notification: Notification, for session: String, replacing id: UInt32) {
        server.show(notification, replacing: id) { [unowned self] id in
            tell(.notificationShown(session: session, notification, id: id))
        }
    }

    func close(_ id: UInt32) { server.close(id) }

    private func heard(_ news: NotificationServer.News) {
        switch news {
        case .server: tell(.desktop(state))
        case .pressed(let id, let key):
            if let button = Notification.Button(rawValue: key) { tell(.buttonPressed(id, button)) }
        case .closed(let id): tell(.notificationClosed(id))
        }
    }

    private var state: DesktopState {
        switch server.state {
        case .disconnected, .asking: .disconnected
        case .absent: .absent
        case .serving(let server): .serving(server.name)
        }
    }
}
