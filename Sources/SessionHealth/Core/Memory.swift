// What outlives the process: what `state.json` held, and what it should hold.

/// What an earlier process wrote down.
struct Memory: Sendable {
    /// Later also what is kept of sessions that are not guarded now.
    var remembered = AgentState()
    /// What is in the file; nil for a damaged one.
    var saved: AgentState?
    /// The sign-in to find again after a restart.
    var runningSignIn: AgentState.RunningSignIn?
    /// What the desktop shows and showed of each session.
    var notifications: [String: NotificationRecord] = [:]
    var findings: [Finding] = []
}

extension Core {
    mutating func recall(_ state: AgentState, _ damage: String?) {
        memory.remembered = state
        memory.saved = damage == nil ? state : nil
        if let damage {
            memory.findings = [
                Finding(
                    .stateDamaged, .warning, subject: places.state, message: damage,
                    fix:
                        "nothing to do: it is kept as \(places.state).unreadable, and written anew; cooldowns and what was learned"
                        + " are lost")
            ]
        }
        facts.automaticSignIns = state.automaticSignIns
        memory.runningSignIn = state.running
        memory.notifications = state.notifications ?? [:]
        for name in memory.notifications.keys { memory.notifications[name]?.recall() }
        configuration.claudeProfile = state.claudeProfile
    }

    /// What the next process should know. Of a session of which there is nothing to remember, nothing is kept.
    package var state: AgentState {
        var state = memory.remembered
        let nothing = SessionRecord()
        for session in facts.sessions {
            state.sessions[session.session.name] = session.record == nothing ? nil : session.record
        }
        state.automaticSignIns = facts.automaticSignIns
        state.running = memory.runningSignIn
        state.notifications = memory.notifications.isEmpty ? nil : memory.notifications
        state.claudeProfile = configuration.claudeProfile
        return state
    }

    /// Has what must survive a restart written, where it is not yet.
    mutating func save() {
        let state = state
        guard state != memory.saved else { return }
        memory.saved = state
        emit(.save(state))
    }

    mutating func saved(_ failure: String?) {
        // Tried again with the next step.
        if failure != nil { memory.saved = nil }
        guard facts.unsaved != failure else { return }
        facts.unsaved = failure
        emit(.settle)
    }
}
