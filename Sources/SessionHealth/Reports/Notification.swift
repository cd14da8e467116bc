/// One desktop notification: what a session has to tell the person at the screen.
package struct Notification: Equatable, Sendable {
    package enum Kind: String, Codable, Sendable {
        /// A legacy token ends soon.
        case soon
        /// A sign-in is needed, and will not start by itself.
        case needed
        /// One is under way.
        case waiting
        /// It worked.
        case back
        /// The session cannot be refreshed silently.
        case legacy
        /// It will end when nobody is there, and can be replaced now.
        case cover
        /// Of no session: Claude Code can be set up.
        case setUp = "set-up"

        /// Whether it is about a sign-in that is still to be done: such a notification stays until that is so no more.
        package var isOfASignIn: Bool { [.soon, .needed, .waiting, .cover, .setUp].contains(self) }
    }

    /// A button; the raw value is its key on the bus.
    package enum Button: String, Sendable {
        case signIn = "sign-in"
        case setUp = "set-up"
        case renew
        case later

        package var label: String {
            switch self {
            case .signIn: "Sign in"
            case .setUp: "Set up and sign in"
            case .renew: "Sign in anew now"
            case .later: "Later"
            }
        }
    }

    package var kind: Kind
    /// Of two notifications of one kind, those with the same event are about the same thing.
    package var event: String
    package var summary: String
    package var body: String
    package var buttons: [Button] = []
    /// What to type where there are no buttons.
    package var command: String?

    /// How urgent the server should take it: 1 is normal; 2 is critical, which stays on the screen.
    package var urgency: UInt8 { kind == .needed ? 2 : 1 }

    /// Milliseconds on the screen; 0 until it is closed, -1 as the server likes.
    package var lifetime: Int32 {
        switch kind {
        case .soon, .needed, .waiting, .cover, .setUp: 0
        case .back: 5000
        case .legacy: -1
        }
    }

    package init(
        kind: Kind, event: String, summary: String, body: String, buttons: [Button] = [], command: String? = nil
    ) {
        self.kind = kind
        self.event = event
        self.summary = summary
        self.body = body
        self.buttons = buttons
        self.command = command
    }

    // MARK: For one server

    /// The buttons that a server with these capabilities can show.
    package func buttons(for capabilities: Set<String>) -> [Button] { capabilities.contains("actions") ? buttons : [] }

    /// The body as a server with these capabilities is to be told it.
    package func text(for capabilities: Set<String>) -> String {
        var text = body
        if let command, buttons(for: capabilities).isEmpty { text += " Run: \(command)" }
        return capabilities.contains("body-markup") ? text.escapedMarkup() : text
    }
}
