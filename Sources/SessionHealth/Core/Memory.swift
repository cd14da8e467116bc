// What outlives the process: the content of `state.json`, as it was and as it should be.

/// What an earlier process recorded.
struct Memory: Sendable {
    /// Later also the records of sessions that are not guarded now.
    var remembered = AgentState()
    /// The file's content; nil if it is damaged.
    var saved: AgentState?
    /// The sign-in to find again after a restart.
    var runningSignIn: AgentState.RunningSignIn?
    /// What the desktop shows and has shown for each session.
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
                        "nothing to do: it is kept as \(places.state).unreadable and written again; cooldowns and learned lifetimes"
                        + " are lost")
            ]
        }
        facts.automaticSignIns = state.automaticSignIns
        memory.runningSignIn = state.running
        memory.notifications = state.notifications ?? [:]
        for name in memory.notifications.keys { memory.notifications[name]?.recall() }
        configuration.claudeProfile = state.claudeProfile
        facts.attendance = state.attendance ?? Attendance()
    }

    /// What the next process should know. Sessions with nothing to remember are left out.
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
        state.attendance = facts.attendance.since == nil ? nil : facts.attendance
        return state
    }

    /// Saves what must survive a restart, unless it is already saved.
    mutating func save() {
        let state = state
        guard state != memory.saved else { return }
        memory.saved = state
        emit(.save(state))
    }

    mutating func saved(_ failure: String?) {
        // Retried with the next step.
        if failure != nil { memory.saved = nil }
        guard facts.unsaved != failure else { return }
        facts.unsaved = failure
        emit(.settle)
    }
}
