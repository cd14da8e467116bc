import SessionHealth

/// The messages to and from the notification server.
extension NotificationServer {
    /// Shows a notification, replacing the one with this ID (0 for none). `done` gets the new ID, or nil if it was not
    /// shown.
    package func show(_ notification: Notification, replacing id: UInt32, _ done: @escaping (UInt32?) -> Void) {
        guard case .serving(let server) = state, let bus,
            let call = try? bus.call(
                NotificationServer.name, NotificationServer.path, NotificationServer.name, "Notify")
        else { return done(nil) }
        call.startsService = false
        call.append("bedrock-agent")
        call.append(id)
        call.append("")
        call.append(notification.summary)
        call.append(notification.text(for: server.capabilities))
        call.append(notification.buttons(for: server.capabilities).flatMap { [$0.rawValue, $0.label] })
        call.array(of: "{sv}") {
            hint(call, "urgency", "y") { call.append(notification.urgency) }
            hint(call, "category", "s") { call.append("x-bedrock-agent.\(notification.kind.rawValue)") }
            // Stay when a button is pressed: the next notification replaces this one.
            if notification.kind.isOfASignIn { hint(call, "resident", "b") { call.append(true) } }
            if notification.kind == .back { hint(call, "transient", "b") { call.append(true) } }
        }
        call.append(notification.lifetime)
        bus.send(call) { result in
            guard case .success(let reply) = result else { return done(nil) }
            done(reply.uint32())
        }
    }

    package func close(_ id: UInt32) {
        guard let bus,
            let call = try? bus.call(
                NotificationServer.name, NotificationServer.path, NotificationServer.name, "CloseNotification")
        else { return }
        call.startsService = false
        call.append(id)
        bus.send(call) { _ in }
    }

    private func hint(_ call: BusMessage, _ name: String, _ type: String, _ value: () -> Void) {
        call.dictionaryEntry(of: "sv") {
            call.append(name)
            call.variant(of: type, value)
        }
    }

    // MARK: Signals

    /// Subscribes to the server's signals and to changes of the name's owner.
    func listen(on bus: Bus) throws(SystemError) -> [BusMatch] {
        let name = NotificationServer.name
        return [
            try bus.matchOwner(of: name) { [weak self] in self?.owned(by: $0) },
            try bus.match(sender: name, path: NotificationServer.path, name, "ActionInvoked") { [weak self] message in
                guard let self, isFromServer(message), let id = message.uint32(), let key = message.string() else {
                    return
                }
                onNews(.pressed(id, key: key))
            },
            try bus.match(sender: name, path: NotificationServer.path, name, "NotificationClosed") {
                [weak self] message in
                guard let self, isFromServer(message), let id = message.uint32() else { return }
                onNews(.closed(id))
            },
        ]
    }

    private func isFromServer(_ message: BusMessage) -> Bool {
        if case .serving(let server) = state { server.owner == message.sender } else { false }
    }
}
