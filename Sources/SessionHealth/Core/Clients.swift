// What clients of the control socket ask for. `GetStatus` is not an event: it changes nothing, and calls `status(at:)`.

/// Who waits for what, except for sign-ins and refreshes.
struct ClientMemory: Sendable {
    /// Clients that are told each change.
    var monitors: [ClientID] = []
    var told: Status?
    /// Who is answered once everything has been read again; nil for a signal.
    var reloads: [ClientID?] = []
    /// Clients that wait for a command to be approved.
    var approvals: [(client: ClientID, command: String)] = []
}

extension Core {
    mutating func answer(_ client: ClientID, _ request: Request, at now: Moment) {
        do throws(ControlError) {
            switch request {
            case .monitor:
                if client == .nobody { return }
                clients.monitors.append(client)
                let status = clients.told ?? status(at: now.wall)
                clients.told = status
                emit(.tell(client, .status(status)))
            case .signIn(let session, let wantsMore, let isContinued, let since):
                let asker = Asker(client: client, wantsMore: wantsMore, since: since)
                try join(try name(session), asker, isContinued, at: now)
            case .refresh(let session): try askForRefresh(of: try name(session), client, at: now)
            case .approve(let command):
                guard let command, let approval = approval(of: command) else { throw .invalidParameter("command") }
                let isAsked = clients.approvals.contains { $0.command == approval }
                if client != .nobody || !isAsked { clients.approvals.append((client, approval)) }
                if !isAsked { emit(.approve(approval)) }
            case .reload: reload(for: client)
            }
        } catch {
            emit(.reply(client, .failed(error)))
        }
    }

    /// What stands for it in `approvals.json`; nil for no command that there is.
    private func approval(of command: String) -> String? {
        if facts.claudes.contains(where: { $0.awsAuthRefresh == command }) { return command }
        return facts.notify.line == command ? AgentConfig.approval(ofNotify: command) : nil
    }

    private func isApproved(_ approval: String) -> Bool {
        if facts.claudes.contains(where: { $0.awsAuthRefresh == approval && $0.approved }) { return true }
        if case .approved(let command) = facts.notify { return AgentConfig.approval(ofNotify: command) == approval }
        return false
    }

    /// The session that a call names, or the one that Claude Code uses.
    private func name(_ name: String?) throws(ControlError) -> String {
        if let name {
            guard session(name) != nil else { throw .noSuchSession(name) }
            return name
        }
        switch facts.claude.subject {
        case .session(let name): return name
        case .unguarded(let reason, let fix): throw .unguarded("\(reason); \(fix)")
        case .misconfigured: throw .unguarded("the configuration is wrong: bedrock-agent status")
        }
    }

    private mutating func join(
        _ name: String, _ asker: Asker, _ isContinued: Bool, at now: Moment
    ) throws(ControlError) {
        if isContinued, signIn == nil, let session = session(name) {
            // An earlier process was asked, and its sign-in has ended.
            let result = session.record.lastSignIn?.result ?? "unknown"
            guard result == "ok" else { throw .signInFailed("it ended while no daemon was running (\(result))") }
            return emit(.reply(asker.client, .signIn(.healthy, url: nil, code: nil)))
        }
        try ask(for: name, asker)
    }

    mutating func hungUp(_ client: ClientID) {
        clients.monitors.removeAll { $0 == client }
        signIn?.waiting.removeAll { $0.client == client }
        refreshWaiters = refreshWaiters.mapValues { $0.filter { $0 != client } }
        for name in askers.keys { askers[name]?.clients.removeAll { $0.client == client } }
        // A sign-in that nobody waits for any more is not started.
        askers = askers.filter { !$0.value.clients.isEmpty || $0.value.isFromDesktop }
    }

    mutating func approved(_ command: String, _ failure: String?) {
        let waiting = clients.approvals.filter { $0.command.isSpelled(as: command) }
        clients.approvals.removeAll { $0.command.isSpelled(as: command) }
        if let failure {
            for (client, _) in waiting { emit(.reply(client, .failed(.signInFailed(failure)))) }
            return
        }
        // `notify` is not shown: it may contain the address of somebody's chat.
        let what =
            AgentConfig.isOfNotify(command)
            ? "notify approved" : "awsAuthRefresh approved: \(CommandMask.spelledOut(command))"
        if !isApproved(command) { record(JournalMessage(.commandApproved, .notice, what)) }
        clients.reloads += waiting.dropLast().map(\.client)
        if let last = waiting.last { reload(for: last.client) }
    }

    /// Tells the monitors if anything that they can see has changed.
    mutating func publish(at now: Moment) {
        guard !clients.monitors.isEmpty else { return clients.told = nil }
        let status = status(at: now.wall)
        guard status != clients.told else { return }
        clients.told = status
        for monitor in clients.monitors { emit(.tell(monitor, .status(status))) }
    }
}
