import FoundationEssentials

// Keeps what the desktop shows in line with the plan.

/// What is known about the desktop and the notifications on it.
struct DesktopMemory: Sendable {
    var state = DesktopState.disconnected
    /// The last known server.
    var server: String?
    /// The open notifications that this process sent, by session.
    var shown: [String: Notification] = [:]
    /// The sessions whose last notification the server has not acknowledged yet.
    var sending: [String: Sending] = [:]
    /// What could not be shown, and is not retried until there is another server.
    var failed: [String: Notification] = [:]
    /// How many in a row got no answer: a notification may crash the server, which comes back each time.
    var unanswered: [String: Int] = [:]
    /// The session of each notification on this server, past ones included.
    var owners: [UInt32: String] = [:]

    struct Sending: Sendable {
        /// Since when the replaced notification has been about the same thing.
        var since: Date?
        var server: String
    }

    static let patience = 3
}

extension Core {
    mutating func showOnDesktop(at now: Moment) {
        let changes = desktopChanges(at: now)
        if !changes.isEmpty {
            if case .serving(let server) = desktop.state {
                for (name, change) in changes { make(name, change, on: server) }
            } else {
                emit(
                    .connectDesktop(
                        startsServer: facts.presence != .noDisplay && changes.contains { $1 != .close }))
            }
        }
        let isOpen = memory.notifications.contains { $1.open != nil }
        let isNeeded = isOpen || !desktop.sending.isEmpty || !desktop.failed.isEmpty || !changes.isEmpty
        // The connection is closed then, and who serves must be asked anew.
        if !isNeeded { desktop.state = .disconnected }
        emit(.keepDesktop(isNeeded))
    }

    /// The changes to make, without those under way and those that failed.
    private mutating func desktopChanges(at now: Moment) -> [(String, NotificationChange)] {
        var changes: [(String, NotificationChange)] = []
        for (session, plan) in zip(facts.sessions, plan.sessions) {
            let name = session.session.name
            guard desktop.sending[name] == nil else { continue }
            let decision = NotificationDecision(
                facts: facts, session: session, plan: plan,
                record: memory.notifications[name] ?? NotificationRecord(),
                local: { [localTime] in localTime($0, now.wall) })
            switch decision.change() {
            case .leave: desktop.failed[name] = nil
            case .close:
                desktop.failed[name] = nil
                changes.append((name, .close))
            case .show(let notification):
                if desktop.failed[name] != notification, desktop.shown[name] != notification {
                    changes.append((name, .show(notification)))
                }
            }
        }
        for (name, record) in memory.notifications.sorted(by: { $0.key < $1.key })
        where record.open != nil && session(name) == nil && name != SetUpOffer.key {
            changes.append((name, .close))
        }
        return changes + setUpChanges()
    }

    private mutating func make(_ name: String, _ change: NotificationChange, on server: String) {
        switch change {
        case .leave: break
        case .close: close(name)
        case .show(let notification): show(notification, for: name, on: server)
        }
    }

    private mutating func show(_ notification: Notification, for name: String, on server: String) {
        var record = memory.notifications[name] ?? NotificationRecord()
        let old = record.open
        let isUpdate = old?.kind == notification.kind && old?.event == notification.event
        desktop.sending[name] = .init(since: isUpdate ? old?.since : nil, server: server)
        // Recorded before it is sent, so that a crash in between does not show it twice.
        record.note(notification)
        set(record, name)
        emit(.show(session: name, notification, replacing: old?.id ?? 0))
    }

    private mutating func close(_ name: String) {
        if let open = memory.notifications[name]?.open { emit(.closeNotification(open.id)) }
        noteClosed(name)
    }

    private mutating func noteClosed(_ name: String) {
        desktop.shown[name] = nil
        guard var record = memory.notifications[name] else { return }
        record.open = nil
        set(record, name)
    }

    private mutating func set(_ record: NotificationRecord, _ name: String) {
        memory.notifications[name] = record
        save()
    }

    // MARK: What the desktop says

    mutating func shown(_ name: String, _ notification: Notification, _ id: UInt32?, at now: Moment) {
        let sent = desktop.sending.removeValue(forKey: name)
        var record = memory.notifications[name] ?? NotificationRecord()
        if let id, let sent, sent.server == desktop.server {
            record.open = .init(
                id: id, server: sent.server, kind: notification.kind, event: notification.event,
                since: sent.since ?? now.wall)
            desktop.shown[name] = notification
            desktop.owners[id] = name
            desktop.unanswered[name] = nil
        } else {
            desktop.unanswered[name, default: 0] += 1
            record.forget(notification.kind)
            desktop.failed[name] = notification
        }
        set(record, name)
        emit(.settle)
    }

    mutating func notificationClosed(_ id: UInt32) {
        guard let name = desktop.owners[id], memory.notifications[name]?.open?.id == id else { return }
        noteClosed(name)
        emit(.settle)
    }

    /// What another server showed is gone; whatever still applies may be shown once more.
    mutating func desktopChanged(_ state: DesktopState, at now: Moment) {
        desktop.state = state
        let found: String? = if case .serving(let server) = state { server } else { nil }
        if found != desktop.server { desktop.owners = [:] }
        desktop.server = found
        desktop.failed = desktop.failed.filter { desktop.unanswered[$0.key, default: 0] >= DesktopMemory.patience }
        for (name, var record) in memory.notifications where record.open != nil && record.open?.server != found {
            record.lose()
            set(record, name)
            desktop.shown[name] = nil
        }
        if state == .absent {
            for case (let name, .show(let notification)) in desktopChanges(at: now) {
                desktop.failed[name] = notification
            }
        }
        emit(.settle)
    }

    mutating func pressed(_ id: UInt32, _ button: Notification.Button, at now: Moment) {
        guard let name = desktop.owners[id] else { return }
        switch button {
        case .later: close(name)
        case .setUp: startSetUp()
        case .signIn:
            // Somebody may have signed in since.
            let isNeeded = zip(facts.sessions, plan.sessions).contains { $0.session.name == name && $1.need != nil }
            guard isNeeded else { return }
            startFromDesktop(name) { core throws(ControlError) in try core.ask(for: name, nil) }
        case .renew:
            guard offer(for: name) != nil else { return }
            startFromDesktop(name) { core throws(ControlError) in try core.askToRenew(name) }
        }
        emit(.settle)
    }

    private mutating func startFromDesktop(
        _ name: String, _ start: (inout Core) throws(ControlError) -> Void
    ) {
        do throws(ControlError) {
            try start(&self)
        } catch {
            record(
                JournalMessage(
                    .signInEnded, .warning, "\(name): the notification could not start a sign-in: \(error.word)"))
        }
    }

    /// What the person is asked about this session.
    func offer(for name: String) -> RenewalOffer? {
        zip(facts.sessions, plan.sessions).first { $0.session.name == name && $1.need == nil }?.1.renewal
    }
}
