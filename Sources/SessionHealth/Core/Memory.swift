import FoundationEssentials

// What outlives the process: the content of `state.json`, as it was and as it should be.

/// What an earlier process recorded.
struct Memory: Sendable {
    /// Later also the records of sessions that are not guarded now.
    var remembered = AgentState()
    /// The file's content as it will be; nil if it is damaged, or not known.
    var saved: AgentState?
    /// When the start of a sign-in could last not be recorded, on the boot clock.
    var unrecordedAt: TimeInterval?
    /// The file's content when it was last read or written.
    var base = AgentState()
    /// The sign-in to find again after a restart.
    var runningSignIn: AgentState.RunningSignIn?
    /// The one of another machine with this home.
    var foreignSignIn: AgentState.RunningSignIn?
    /// What the desktop shows and has shown for each session.
    var notifications: [String: NotificationRecord] = [:]
    var findings: [Finding] = []
}

extension Core {
    mutating func recall(_ state: AgentState, _ damage: String?, _ isPassing: Bool) {
        memory.saved = damage == nil ? state : nil
        memory.base = state
        if isPassing {
            // It is there, and comes with the first attempt to write it.
            facts.unsaved = damage
        } else if let damage {
            memory.findings = [
                Finding(
                    .stateDamaged, .warning, subject: places.state, message: damage,
                    fix:
                        "nothing to do: it is kept as \(places.state).unreadable and written again; cooldowns and learned lifetimes"
                        + " are lost")
            ]
        }
        take(state.bounded)
        if state.running?.machine ?? machine == machine {
            (memory.runningSignIn, memory.foreignSignIn) = (state.running, nil)
        }
        for name in memory.notifications.keys { memory.notifications[name]?.recall() }
    }

    private mutating func take(_ state: AgentState) {
        memory.remembered = state
        memory.foreignSignIn = state.running == memory.runningSignIn ? nil : state.running
        memory.notifications = state.notifications ?? [:]
        facts.automaticSignIns = state.automaticSignIns
        facts.attendance = state.attendance ?? Attendance()
        configuration.claudeProfile = state.claudeProfile
        for index in facts.sessions.indices {
            facts.sessions[index].record = state.sessions[facts.sessions[index].session.name] ?? SessionRecord()
        }
    }

    /// A daemon on another machine with this home has written it.
    mutating func merge(_ found: AgentState) {
        take(state.merged(with: found.bounded, since: memory.base))
        (memory.base, memory.saved) = (found, found)
        emit(.settle)
    }

    /// What the next process should know. Sessions with nothing to remember are left out.
    package var state: AgentState {
        var state = memory.remembered
        let nothing = SessionRecord()
        for session in facts.sessions {
            state.sessions[session.session.name] = session.record == nothing ? nil : session.record
        }
        state.automaticSignIns = facts.automaticSignIns
        state.running = memory.runningSignIn ?? memory.foreignSignIn
        state.notifications = memory.notifications.isEmpty ? nil : memory.notifications
        state.claudeProfile = configuration.claudeProfile
        state.attendance = facts.attendance.since == nil ? nil : facts.attendance
        return state
    }

    /// Saves what must survive a restart, unless it is already saved.
    mutating func save() {
        let state = state
        guard state != memory.saved || facts.unsaved != nil else { return }
        memory.saved = state
        emit(.save(state))
    }

    mutating func saved(_ failure: String?, _ found: AgentState?, at now: Moment) {
        if let found {
            merge(found)
            return save()
        }
        // Retried with the next step.
        if failure != nil { memory.saved = nil } else if let saved = memory.saved { memory.base = saved }
        // There may be room for this, and not for a sign-in.
        if failure == nil, let at = memory.unrecordedAt, now.boot - at < facts.policy.retryFirst { return }
        guard facts.unsaved != failure else { return }
        facts.unsaved = failure
        emit(.settle)
    }
}
