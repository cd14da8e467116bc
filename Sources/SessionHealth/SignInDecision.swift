import FoundationEssentials

/// Whether the sign-in that a session needs may run now: approved, somebody there, rested, and within the budget.
extension SessionDecision {
    /// `reason` is what ended, in words that go after the session's name. `isEarly`: a legacy token still lives, and
    /// nothing fails yet. `asksOnce`: the person may have signed out on purpose, so a prompt that came to nothing is not
    /// repeated.
    func signIn(because reason: String, isEarly: Bool = false, asksOnce: Bool = false) -> SessionPlan {
        var plan = SessionPlan(condition: .signInNeeded)
        switch hold(asksOnce: asksOnce) {
        case .run(let command):
            plan.action = .signIn(command: command, isEarly: isEarly, setsRegistrationAside: registrationIsBad)
            plan.findings = [
                finding(
                    isEarly ? "sign-in-soon" : "sign-in-needed", .warning, "\(session.session.name): \(reason)",
                    fix: loginCommand)
            ]
        case .wait(let why, let fix, let wake):
            plan.wake = wake
            plan.next = wake.wall.map { .init(action: "sign-in", at: $0) }
            plan.findings = [
                finding(
                    isEarly ? "sign-in-soon" : "sign-in-needed", isEarly ? .warning : .error,
                    "\(session.session.name): \(reason); \(why)", fix: fix ?? loginCommand)
            ]
        }
        return plan
    }

    private enum Hold {
        case run(String)
        case wait(why: String, fix: String?, wake: Wake)
    }

    private func hold(asksOnce: Bool) -> Hold {
        let command: String
        switch session.command {
        case .approved(let text): command = text
        case .missing:
            return .wait(
                why: "Claude Code's settings have no awsAuthRefresh to run", fix: "bedrock-agent setup", wake: Wake())
        case .unapproved:
            return .wait(
                why: "awsAuthRefresh was changed and is not approved", fix: "bedrock-agent approve", wake: Wake())
        case .untrusted(let reason):
            return .wait(why: "awsAuthRefresh is not run: \(reason)", fix: nil, wake: Wake())
        }
        if policy.signIn != .auto {
            return .wait(why: "signIn is \"\(policy.signIn.rawValue)\" in config.json", fix: nil, wake: Wake())
        }
        guard signInIsFree else {
            return .wait(why: "another sign-in is under way", fix: nil, wake: Wake())
        }
        switch facts.presence {
        case .present: break
        case .away: return .wait(why: "held until you are back at the screen", fix: nil, wake: Wake())
        case .noDisplay:
            return .wait(why: "there is no display to open a browser on", fix: nil, wake: Wake())
        }
        if asksOnce, session.record.failedSignIns > 0 {
            return .wait(why: "one was tried (\(lastResult)), and is not repeated by itself", fix: nil, wake: Wake())
        }
        if let rested = restedAt, rested > now.wall {
            return .wait(
                why: "the last one did not work (\(lastResult)); next try at"
                    + " \(Timestamp.format(rested))", fix: nil, wake: Wake(wall: rested))
        }
        if let free = budgetFreeAt {
            return .wait(
                why: "\(policy.budget) automatic sign-ins within a day are enough; next one at"
                    + " \(Timestamp.format(free))", fix: nil, wake: Wake(wall: free))
        }
        return .run(command)
    }

    private var lastResult: String { session.record.lastSignIn?.result ?? "unknown" }

    /// Whether an attempt counts that is dated so. The clock may have been set back since: by a little, and the attempt
    /// still counts, else the same sign-in would start again; by more than a day, and it would count for ever.
    private func counts(_ attempt: Date) -> Bool { attempt <= now.wall + policy.budgetWindow }

    /// When the cooldown ends.
    private var restedAt: Date? {
        guard session.record.failedSignIns > 0, let last = session.record.lastSignIn, counts(last.at),
            let longest = policy.cooldowns.last
        else { return nil }
        let index = session.record.failedSignIns - 1
        return last.at + (index < policy.cooldowns.count ? policy.cooldowns[index] : longest)
    }

    /// When the budget has room again, or nil when it has room now.
    private var budgetFreeAt: Date? {
        let spent = facts.automaticSignIns.filter { $0 > now.wall - policy.budgetWindow && counts($0) }.sorted()
        guard spent.count >= policy.budget else { return nil }
        return spent.suffix(policy.budget).first.map { $0 + policy.budgetWindow }
    }

    private var loginCommand: String { "bedrock-agent login --profile \(profile)" }
}
