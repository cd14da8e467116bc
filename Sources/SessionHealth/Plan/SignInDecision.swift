import FoundationEssentials

/// Whether the sign-in that a session needs may run now: approved, with somebody there, after the cooldown, and within
/// the budget.
extension SessionDecision {
    /// `reason` says what ended, and follows the session's name. `isEarly`: a legacy token is still valid, and nothing
    /// fails yet. `mayBeMeant`: the person may have signed out on purpose.
    func signIn(because reason: String, isEarly: Bool = false, mayBeMeant: Bool = false) -> SessionPlan {
        let need = SignInNeed(reason: reason, isEarly: isEarly, hold: hold(mayBeMeant: mayBeMeant))
        var plan = SessionPlan(condition: .signInNeeded)
        plan.need = need
        var message = "\(session.session.name): \(reason)"
        if let hold = need.hold {
            message += "; \(hold.words)"
            plan.wake = Wake(wall: hold.until, boot: hold == .inATerminal ? now.boot + policy.tornPatience : nil)
            plan.next = hold.until.map { .init(action: "sign-in", at: $0) }
        } else if case .approved(let command) = session.command {
            plan.action = .signIn(
                command: command, isEarly: isEarly, setsRegistrationAside: session.registrationIsBad(at: now.wall))
        }
        plan.findings = [
            finding(
                isEarly ? .signInSoon : .signInNeeded, isEarly || need.hold == nil ? .warning : .error, message,
                fix: need.hold?.fix(of: session.session.kind) ?? loginCommand)
        ]
        return plan
    }

    /// What keeps the sign-in from starting now.
    private func hold(mayBeMeant: Bool) -> SignInHold? {
        if session.isSigningInElsewhere, signInIsFree { return .inATerminal }
        switch session.command {
        case .approved: break
        case .missing: return .noCommand
        case .unapproved: return .unapproved
        case .untrusted(let reason, _): return .untrusted(reason: reason)
        }
        if policy.signIn != .auto { return .policy(policy.signIn) }
        guard signInIsFree else { return .another }
        if mayBeMeant { return .signedOut }
        switch facts.presence {
        case .present: break
        case .away: return .away
        case .noDisplay: return .noDisplay
        }
        if facts.unsaved != nil { return .unrecorded }
        if let rested = restedAt, rested > now.wall { return .resting(result: lastResult, until: rested) }
        return budgetFreeAt.map { .budget(policy.budget, until: $0) }
    }

    private var lastResult: String { session.record.lastSignIn?.result ?? "unknown" }

    /// Whether an attempt with this date counts. The clock may have been set back since: after a small step the attempt
    /// still counts, or the same sign-in would start again; after more than a day it does not, or it would count for
    /// ever.
    private func counts(_ attempt: Date) -> Bool { attempt <= now.wall + policy.budgetWindow }

    /// When the cooldown ends.
    private var restedAt: Date? {
        guard session.record.failedSignIns > 0, let last = session.record.lastSignIn, counts(last.at),
            let longest = policy.cooldowns.last
        else { return nil }
        let index = session.record.failedSignIns - 1
        return last.at + (index < policy.cooldowns.count ? policy.cooldowns[index] : longest)
    }

    /// When the budget allows the next one; nil if it does now.
    private var budgetFreeAt: Date? {
        let spent = facts.automaticSignIns.filter { $0 > now.wall - policy.budgetWindow && counts($0) }.sorted()
        guard spent.count >= policy.budget else { return nil }
        return spent.suffix(policy.budget).first.map { $0 + policy.budgetWindow }
    }

    /// The command for a person to sign in.
    var loginCommand: String { AuthRefresh.login(as: profile, session.session.kind) }
}
