import SessionHealth
import Testing

@Suite struct PresenceTests {
    private static let screen = LoginSession.changed {
        $0.isOfAPerson = true
        $0.isGraphical = true
        $0.isActive = true
    }
    private static let terminal = screen.changed { $0.isGraphical = false }
    private static let ssh = terminal.changed { $0.isRemote = true }

    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let sessions: [LoginSession]
        let presence: Presence
        var hasDisplay = false

        init(_ name: String, _ sessions: [LoginSession], _ presence: Presence, hasDisplay: Bool = false) {
            testDescription = name
            self.sessions = sessions
            self.presence = presence
            self.hasDisplay = hasDisplay
        }
    }

    @Test(arguments: [
        Row("nobody is logged in", [], .away),
        Row("at the screen", [screen], .present),
        Row("locked", [screen.changed { $0.isLocked = true }], .away),
        Row("idle", [screen.changed { $0.isIdle = true }], .away),
        Row("another user has the screen", [screen.changed { $0.isActive = false }], .away),
        Row("logging out", [screen.changed { $0.isClosing = true }], .away),
        Row("a greeter's", [screen.changed { $0.isOfAPerson = false }], .away),
        Row("a remote desktop", [screen.changed { $0.isRemote = true }], .noDisplay),
        Row("a text terminal", [terminal], .noDisplay),
        Row("by SSH", [ssh], .noDisplay),
        Row("startx", [terminal], .present, hasDisplay: true),
        Row("by SSH, with a display", [ssh], .noDisplay, hasDisplay: true),
        Row("locked, and by SSH", [screen.changed { $0.isLocked = true }, ssh], .away),
        Row("locked here, at work there", [screen.changed { $0.isLocked = true }, screen], .present),
    ])
    func presence(_ row: Row) { #expect(Presence(of: row.sessions, hasDisplay: row.hasDisplay) == row.presence) }

    @Test func withoutLogindADisplayIsAPerson() {
        #expect(Presence(environment: ["DISPLAY": ":0"]) == .present)
        #expect(Presence(environment: ["WAYLAND_DISPLAY": "wayland-0"]) == .present)
        #expect(Presence(environment: ["DISPLAY": ""]) == .noDisplay)
    }

    @Test func aDisplayThatIsElsewhereIsNone() {
        #expect(Presence(environment: ["DISPLAY": "localhost:10.0"]) == .noDisplay)
        for name in ["REMOTE_CONTAINERS", "CODESPACES"] {
            #expect(Presence(environment: ["DISPLAY": ":0", "WAYLAND_DISPLAY": "w", name: "true"]) == .noDisplay)
            #expect(Presence(environment: ["DISPLAY": ":0", name: ""]) == .present)
        }
    }

    @Test func nothingIsTakenForGrantedOfALoginSession() {
        let session = LoginSession()
        #expect(!session.isOfAPerson && !session.isGraphical && !session.isActive)
        #expect(Presence(of: [Self.terminal]) == .noDisplay)
    }
}

extension LoginSession {
    fileprivate static func changed(_ change: (inout LoginSession) -> Void) -> LoginSession {
        LoginSession().changed(change)
    }

    fileprivate func changed(_ change: (inout LoginSession) -> Void) -> LoginSession {
        var session = self
        change(&session)
        return session
    }
}
