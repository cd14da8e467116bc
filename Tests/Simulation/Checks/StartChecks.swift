import FoundationEssentials
import SessionHealth

/// What must hold for every sign-in that the daemon is about to start.
extension SignInChecks {
    /// What runs is what somebody approved, and what the settings still say.
    func expectApproval(of order: SignInOrder) {
        guard !Home.renews(order.command), order.session == world.home.sessions.first else { return }
        let approvals = world.disk.bytes(of: Home.places.approvals).flatMap {
            try? JSONCoding.decode([String].self, from: $0)
        }
        if approvals?.contains(order.command) != true { violate("\(order.command) runs, and was not approved") }
        guard world.time > world.disk.lastChange(of: Home.settingsPath) + Policy().tornPatience + 1,
            !world.daemon.watchFails, let bytes = world.disk.bytes(of: Home.settingsPath),
            let settings = try? JSONDocument(parsing: bytes)
        else { return }
        if settings.string(at: ["awsAuthRefresh"]) != order.command {
            violate("\(order.command) runs, and the settings say something else")
        }
    }

    func startsByItself(_ session: SSOSession) {
        let now = world.now.wall
        expectNothingKept(for: session)
        let file = world.home.document(of: session)
        var isEarly = false
        if case .found(let clocks) = world.disk.token(Home.places.token(session.tokenFileName)) {
            if clocks.isRefreshable(at: now), let grant = file?.grant,
                !world.service.refused.contains(grant.refreshToken)
            {
                violate("a sign-in to \(session.name) by itself, although nobody refused its token")
            }
            isEarly = !clocks.hasRefreshToken && clocks.expiresAt > now
            if isEarly { world.recordChecks.startsEarly(session) }
            if isEarly, clocks.expiresAt.timeIntervalSince(now) > Policy().legacyAhead + 1 {
                violate("a sign-in to \(session.name) by itself, long before its end")
            }
        }
        // Without logind, whoever has a display is taken to be at it.
        if world.climate.hasLogind, !world.person.isPresent { violate("a sign-in to \(session.name) for nobody") }
        let day = prompts.filter {
            $0.at > world.home.lostStateAt ?? 0 && $0.at + $0.clockError > world.time - 86400 + 1
        }
        if world.clockError == 0, day.count >= Policy().budget {
            violate("a seventh sign-in within a day")
        }
        if let last = failures[session.name],
            let rest = Policy().cooldowns.prefix(last.count).last,
            !isEarly, last.life == world.daemon.life,
            last.clockError == world.clockError, last.token == file?.accessToken, world.time < last.at + rest - 1
        {
            violate("a sign-in to \(session.name) by itself, \(Int(world.time - last.at)) s after one that failed")
        }
        // Whatever died in between.
        // A token that a power cut has taken is no reason.
        if let last = prompts.last(where: { $0.session == session.name }), !last.isEarly, !isEarly, last.token != nil,
            last.token == file?.accessToken, helper(to: session, since: last.at) == nil, world.clockSetAt < last.at,
            world.home.lostStateAt ?? -1 < last.at,
            handledAt[session.name] ?? -1 < last.at, world.time < last.at + (Policy().cooldowns.first ?? 0) - 1
        {
            violate("a second tab for \(session.name), \(Int(world.time - last.at)) s after the first one")
        }
        prompts.append(
            Prompt(
                at: world.time, clockError: world.clockError, session: session.name, token: file?.accessToken,
                isEarly: isEarly))
        pendingPrompt = prompts.count - 1
    }

    /// What a refresh was granted, and could not put in its place, would do.
    private func expectNothingKept(for session: SSOSession) {
        let path = Home.places.token(session.tokenFileName)
        guard let file = world.home.document(of: session) else { return }
        for name in world.disk.names(from: path + ".", to: ".granted") {
            guard let kept = world.disk.document("\(path).\(name).granted"), kept.belongs(over: file, grantedFor: name),
                let grant = kept.grant, world.service.wouldRefresh(grant)
            else { continue }
            violate("a sign-in to \(session.name) by itself, although a refresh has left a token that works")
        }
    }

    func startsAsAsked(_ session: SSOSession) {
        guard let helped = terminalHelped[session.name], world.time < helped + 3 else { return }
        if world.socket.allAsked(for: session, before: helped) {
            violate("a sign-in to \(session.name) for those who waited for one that has just helped")
        }
    }
}
