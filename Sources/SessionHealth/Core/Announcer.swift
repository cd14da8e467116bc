import FoundationEssentials

/// Turns the differences from the last plan into journal entries and the service's status line.
struct Announcer: Sendable {
    private var conditions: [String: Known] = [:]
    private var findings: [Key: Finding] = [:]
    /// When it was told that there is no session; nil while there is one.
    private var noneToldAt: Date?
    private var line = ""

    /// What was told of a session.
    private struct Known {
        var condition: Condition
        var since: Date
        var toldAt: Date
    }

    /// Nobody has been told for so long, by whatever the clock says.
    private static func isOld(_ toldAt: Date, at now: Date) -> Bool {
        abs(now.timeIntervalSince(toldAt)) >= JournalMessage.silence
    }

    /// Identifies a finding, whatever times its text contains.
    private struct Key: Hashable, Comparable {
        var code: String
        var subject: String

        static func < (left: Key, right: Key) -> Bool { (left.code, left.subject) < (right.code, right.subject) }
    }

    mutating func changes(_ facts: Facts, _ plan: Plan, at now: Date) -> [JournalMessage] {
        var messages: [JournalMessage] = []
        for (session, decided) in zip(facts.sessions, plan.sessions) {
            // A refresh has an entry of its own when it ends.
            guard decided.condition != .refreshing else { continue }
            let old = conditions[session.session.name]
            if let old, old.condition == decided.condition {
                guard Self.isOld(old.toldAt, at: now) else { continue }
                conditions[session.session.name]?.toldAt = now
                messages.append(JournalMessage(session, still: old.condition, since: old.since))
            } else {
                conditions[session.session.name] = Known(condition: decided.condition, since: now, toldAt: now)
                messages.append(
                    JournalMessage(session, from: old.map { ($0.condition, $0.since) }, to: decided.condition))
            }
        }
        let names = Set(facts.sessions.map(\.session.name))
        for (name, old) in conditions.sorted(by: { $0.key < $1.key }) where !names.contains(name) {
            conditions[name] = nil
            messages.append(JournalMessage(left: name, old.condition, since: old.since))
        }
        if !facts.sessions.isEmpty {
            noneToldAt = nil
        } else if noneToldAt.map({ Self.isOld($0, at: now) }) ?? true {
            noneToldAt = now
            messages.append(JournalMessage(withoutSession: plan.condition))
        }
        let present = Dictionary(plan.findings.map { (Key(code: $0.codeName, subject: $0.subject), $0) }) { $1 }
        for finding in plan.findings where findings[Key(code: finding.codeName, subject: finding.subject)] == nil {
            messages.append(JournalMessage(finding))
        }
        for (key, old) in findings.sorted(by: { $0.key < $1.key }) where present[key] == nil {
            messages.append(
                JournalMessage(
                    .findingCleared, .info, "resolved: \(old.message)",
                    [JournalMessage.Field.finding: key.code, JournalMessage.Field.subject: key.subject]))
        }
        findings = present
        return messages
    }

    /// The status line, if it has changed.
    mutating func newLine(_ facts: Facts, _ plan: Plan) -> String? {
        let new = Announcer.line(facts, plan)
        guard new != line else { return nil }
        line = new
        return new
    }

    /// The whole state in one line, for `systemctl status`.
    static func line(_ facts: Facts, _ plan: Plan) -> String {
        "\(plan.condition.rawValue), \(facts.sessions.count) session(s)"
    }

    /// Findings about these subjects are reported again.
    mutating func forget(subjects: [String]) {
        findings = findings.filter { !subjects.contains($0.key.subject) }
    }
}
