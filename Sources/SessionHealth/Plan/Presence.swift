/// Whether somebody could answer a sign-in.
package enum Presence: String, Equatable, Sendable {
    case present
    /// Locked, idle, or no active session.
    case away
    /// No known display, for example an SSH login.
    case noDisplay

    /// What logind's sessions of this user tell. `hasDisplay`: there is one, so a local session of a text terminal may be
    /// where it was started from (`startx`).
    package init(of sessions: [LoginSession], hasDisplay: Bool = false) {
        let people = sessions.filter { $0.isOfAPerson && !$0.isClosing }
        let screens = people.filter { ($0.isGraphical || hasDisplay) && !$0.isRemote }
        if screens.contains(where: { $0.isActive && !$0.isLocked && !$0.isIdle }) {
            self = .present
        } else {
            // With nobody logged in, somebody may still come back to the screen; over SSH there is none.
            self = screens.isEmpty && !people.isEmpty ? .noDisplay : .away
        }
    }

    /// Without logind: if there is a display, somebody may be at it.
    package init(environment: [String: String]) { self = Presence.hasDisplay(environment) ? .present : .noDisplay }

    /// A display that sshd forwards, or an editor into its containers, is somewhere else: a page that calls back to this
    /// machine would be of no use there. (sshd's variables may be gone, as in tmux.)
    package static func hasDisplay(_ environment: [String: String]) -> Bool {
        guard !isInEditorContainer(environment) else { return false }
        return isSet(["WAYLAND_DISPLAY"], environment)
            || isSet(["DISPLAY"], environment) && environment["DISPLAY"]?.hasPrefix("localhost:") == false
    }

    /// In a dev container or a codespace, whose editor is somewhere else.
    package static func isInEditorContainer(_ environment: [String: String]) -> Bool {
        isSet(["REMOTE_CONTAINERS", "CODESPACES"], environment)
    }

    /// In a shell that somebody reached over the network.
    package static func isOverSSH(_ environment: [String: String]) -> Bool {
        isSet(["SSH_CONNECTION", "SSH_TTY"], environment)
    }

    private static func isSet(_ names: [String], _ environment: [String: String]) -> Bool {
        names.contains { environment[$0]?.isEmpty == false }
    }

    /// For the journal's field.
    package var word: String {
        switch self {
        case .present: "present"
        case .away: "away"
        case .noDisplay: "no-display"
        }
    }

    /// For the journal.
    package var words: String {
        switch self {
        case .present: "somebody is at the screen"
        case .away: "nobody is at the screen"
        case .noDisplay: "there is no display"
        }
    }
}

/// A login session, according to logind.
package struct LoginSession: Equatable, Sendable {
    /// `Class` is `user`: not a greeter, a lock screen or a background session.
    package var isOfAPerson = false
    /// `Type` is `x11`, `wayland` or `mir`.
    package var isGraphical = false
    package var isRemote = false
    /// In the foreground of its seat.
    package var isActive = false
    /// `LockedHint`, set by the desktop; `loginctl lock-session` only asks for it.
    package var isLocked = false
    /// `IdleHint`; for a graphical session also set by the desktop.
    package var isIdle = false
    /// Logged out, with processes left.
    package var isClosing = false

    package init() {}
}
