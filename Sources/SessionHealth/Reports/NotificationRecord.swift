import FoundationEssentials

/// What the desktop shows of one session, and what it has shown: in `state.json`, so that a restart says nothing twice.
package struct NotificationRecord: Codable, Equatable, Sendable {
    /// The notification that is on the screen, as far as we know.
    package struct Open: Codable, Equatable, Sendable {
        package var id: UInt32
        /// The server that gave it this id: to another one it is somebody else's.
        package var server: String
        package var kind: Notification.Kind
        package var event: String
        package var since: Date

        package init(id: UInt32, server: String, kind: Notification.Kind, event: String, since: Date) {
            self.id = id
            self.server = server
            self.kind = kind
            self.event = event
            self.since = since
        }
    }

    /// The event of the last notification of each kind.
    package var events: [String: String] = [:]
    @IfReadable package var open: Open?

    package init() {}

    package func hasShown(_ notification: Notification) -> Bool {
        events[notification.kind.rawValue] == notification.event
    }

    package mutating func note(_ notification: Notification) { events[notification.kind.rawValue] = notification.event }

    /// It was not seen after all: what it said may be said again.
    package mutating func forget(_ kind: Notification.Kind) { events[kind.rawValue] = nil }

    /// The server has gone, and the open notification with it.
    package mutating func lose() {
        if let open { forget(open.kind) }
        open = nil
    }

    /// For a new process. A notification that goes by itself may have gone meanwhile, unheard.
    package mutating func recall() {
        if open?.kind.isOfASignIn == false { open = nil }
    }
}
