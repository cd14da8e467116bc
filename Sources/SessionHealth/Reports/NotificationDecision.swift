import FoundationEssentials

/// What is to happen on the desktop for one session.
package enum NotificationChange: Equatable, Sendable {
    case leave
    /// Takes away what is open.
    case close
    /// Shows this, in the place of what is open; nothing is to be done where that is the same.
    case show(Notification)
}

/// Decides what the desktop shows of one session: at most one notification, and none twice for the same event.
package struct NotificationDecision {
    let facts: Facts
    let session: SessionFacts
    let plan: SessionPlan
    /// What is open, and what was shown before.
    let record: NotificationRecord
    /// Local time of day, with the day where it is not today's.
    let local: (Date) -> String

    package init(
        facts: Facts, session: SessionFacts, plan: SessionPlan, record: NotificationRecord,
        local: @escaping (Date) -> String
    ) {
        self.facts = facts
        self.session = session
        self.plan = plan
        self.record = record
        self.local = local
    }

    package func change() -> NotificationChange {
        if let signIn = facts.signIn, signIn.session == session.session.name {
            return signIn.isOver ? .leave : show(waiting(signIn))
        }
        if let need = plan.need { return change(for: need) }
        switch plan.condition {
        // A file in the middle of a write, or a refresh: not to be judged yet.
        case .refreshing, .signInNeeded: return .leave
        default: break
        }
        if let offer = plan.renewal, facts.presence == .present || record.open?.kind == .cover {
            return show(cover(offer))
        }
        let isLegacy = session.token.clocks?.hasRefreshToken == false
        if isLegacy, facts.presence == .present, !wasWarned, let warning = legacyWarning { return show(warning) }
        guard let open = record.open else { return .leave }
        if open.kind.isOfASignIn { return signedIn(since: open.since) ? show(back) : .close }
        return open.kind == .legacy && !isLegacy ? .close : .leave
    }

    private func change(for need: SignInNeed) -> NotificationChange {
        switch need.hold {
        // It starts at once.
        case nil: .leave
        // It starts by itself, when somebody is back or the other one has ended; or there is nowhere to show anything.
        case .away, .another, .inATerminal, .noDisplay: record.open?.kind == .waiting ? .close : .leave
        case let hold?: show(needed(need, hold))
        }
    }

    private func show(_ notification: Notification) -> NotificationChange {
        if let open = record.open, open.kind == notification.kind, open.event == notification.event {
            return .show(notification)
        }
        guard !record.hasShown(notification), facts.presence != .noDisplay else {
            return record.open == nil ? .leave : .close
        }
        return .show(notification)
    }

    private func signedIn(since: Date) -> Bool {
        guard let last = session.record.lastSignIn else { return false }
        return last.result == "ok" && last.at >= since
    }

    /// A sign-in within a running portal session brings a token with the same end, or nearly so.
    private var wasWarned: Bool {
        guard let told = record.events[Notification.Kind.legacy.rawValue], let end = warnedEnd,
            let before = try? Timestamp.parse(told)
        else { return false }
        return abs(end.timeIntervalSince(before)) <= facts.policy.expiryTolerance
    }
}
