import FoundationEssentials
import Host
import SessionHealth

/// Brings what the desktop shows in line with the plan, at every step.
final class DesktopNotifications {
    private unowned let agent: Agent
    private lazy var desktop = NotificationServer(agent.loop) { [unowned self] in self.heard($0) }
    /// What is open, as this process sent it.
    private var shown: [String: Notification] = [:]
    /// The sessions whose last notification is not answered yet.
    private var sending: Set<String> = []
    /// What could not be shown, and is not tried again before there is another server.
    private var failed: [String: Notification] = [:]
    /// How many in a row got no answer: a server may die of one, and come back each time.
    private var unanswered: [String: Int] = [:]
    private static let patience = 3
    /// Whose each notification of this server is, or was.
    private var owners: [UInt32: String] = [:]
    private var server: String?

    init(_ agent: Agent) {
        self.agent = agent
        for name in agent.reader.notifications.keys { agent.reader.notifications[name]?.recall() }
    }

    func update() {
        let changes = changes()
        if !changes.isEmpty {
            switch desktop.state {
            case .disconnected, .absent:
                desktop.connect(startsServer: agent.facts.presence != .noDisplay && changes.contains { $1 != .close })
            case .asking: break
            case .serving: changes.forEach(make)
            }
        }
        let isOpen = agent.reader.notifications.contains { $1.open != nil }
        desktop.keep(isOpen || !sending.isEmpty || !failed.isEmpty || !changes.isEmpty)
    }

    /// What is to be done for each session, without what is done or cannot be.
    private func changes() -> [(String, NotificationChange)] {
        var changes: [(String, NotificationChange)] = []
        for (session, plan) in zip(agent.facts.sessions, agent.plan.sessions) {
            let name = session.session.name
            guard !sending.contains(name) else { continue }
            let decision = NotificationDecision(
                facts: agent.facts, session: session, plan: plan,
                record: agent.reader.notifications[name] ?? NotificationRecord(),
                local: { LocalTime.text($0, now: EventLoop.now().wall) })
            switch decision.change() {
            case .leave: failed[name] = nil
            case .close:
                failed[name] = nil
                changes.append((name, .close))
            case .show(let notification):
                if failed[name] != notification, shown[name] != notification {
                    changes.append((name, .show(notification)))
                }
            }
        }
        for (name, record) in agent.reader.notifications where record.open != nil && agent.reader.session(name) == nil {
            changes.append((name, .close))
        }
        return changes
    }

    private func make(_ name: String, _ change: NotificationChange) {
        switch change {
        case .leave: break
        case .close: close(name)
        case .show(let notification): show(name, notification)
        }
    }

    private func show(_ name: String, _ notification: Notification) {
        var record = agent.reader.notifications[name] ?? NotificationRecord()
        let old = record.open
        let isUpdate = old?.kind == notification.kind && old?.event == notification.event
        let since = isUpdate ? old?.since : nil
        let now = EventLoop.now().wall
        let server = server
        // Noted before it is sent: a crash between the two must not show it twice.
        record.note(notification)
        set(record, name)
        sending.insert(name)
        desktop.show(notification, replacing: old?.id ?? 0) { [unowned self] id in
            sending.remove(name)
            var record = agent.reader.notifications[name] ?? NotificationRecord()
            if let id, let server, server == self.server {
                record.open = .init(
                    id: id, server: server, kind: notification.kind, event: notification.event, since: since ?? now)
                shown[name] = notification
                owners[id] = name
                unanswered[name] = nil
            } else {
                unanswered[name, default: 0] += 1
                record.forget(notification.kind)
                failed[name] = notification
            }
            set(record, name)
            agent.stepSoon()
        }
    }

    private func close(_ name: String) {
        if let open = agent.reader.notifications[name]?.open { desktop.close(open.id) }
        noteClosed(name)
    }

    private func noteClosed(_ name: String) {
        shown[name] = nil
        guard var record = agent.reader.notifications[name] else { return }
        record.open = nil
        set(record, name)
    }

    private func set(_ record: NotificationRecord, _ name: String) {
        agent.reader.notifications[name] = record
        agent.saveState()
    }

    // MARK: What the desktop says

    private func heard(_ news: NotificationServer.News) {
        switch news {
        case .server: serverChanged()
        case .pressed(let id, let key):
            if let name = owners[id], let button = Notification.Button(rawValue: key) { pressed(button, name) }
        case .closed(let id):
            guard let name = owners[id], agent.reader.notifications[name]?.open?.id == id else { return }
            noteClosed(name)
            agent.stepSoon()
        }
    }

    /// What another server showed is gone; what is still true may be shown once more.
    private func serverChanged() {
        let found: String? = if case .serving(let server) = desktop.state { server.name } else { nil }
        if found != server { owners = [:] }
        server = found
        failed = failed.filter { unanswered[$0.key, default: 0] >= DesktopNotifications.patience }
        for (name, var record) in agent.reader.notifications where record.open != nil && record.open?.server != found {
            record.lose()
            set(record, name)
            shown[name] = nil
        }
        if desktop.state == .absent {
            for case (let name, .show(let notification)) in changes() { failed[name] = notification }
        }
        agent.stepSoon()
    }

    private func pressed(_ button: Notification.Button, _ name: String) {
        switch button {
        case .later: close(name)
        case .signIn:
            // Somebody may have signed in meanwhile.
            let isNeeded = zip(agent.facts.sessions, agent.plan.sessions).contains {
                $0.session.name == name && $1.need != nil
            }
            guard isNeeded else { return }
            do {
                try agent.signIns.ask(for: name)
            } catch {
                agent.journal.record(
                    JournalMessage(
                        JournalMessage.ID.signInEnded, .warning,
                        "\(name): no sign-in from the notification: \(error.name)"))
            }
        }
        agent.stepSoon()
    }
}
