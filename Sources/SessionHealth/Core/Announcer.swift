/// Turns the differences from the last plan into journal entries and the service's status line.
struct Announcer: Sendable {
    private var conditions: [String: Condition] = [:]
    private var findings: [Key: Finding] = [:]
    private var line = ""

    /// Identifies a finding, whatever times its text contains.
    private struct Key: Hashable, Comparable {
        var code: String
        var subject: String

        static func < (left: Key, right: Key) -> Bool { (left.code, left.subject) < (right.code, right.subject) }
    }

    mutating func changes(_ facts: Facts, _ plan: Plan) -> [JournalMessage] {
        var messages: [JournalMessage] = []
        for (session, decided) in zip(facts.sessions, plan.sessions) {
            // A refresh has an entry of its own when it ends.
            guard decided.condition != .refreshing else { continue }
            let old = conditions.updateValue(decided.condition, forKey: session.session.name)
            guard old != decided.condition else { continue }
            messages.append(JournalMessage(session, from: old, to: decided.condition))
        }
        let now = Dictionary(plan.findings.map { (Key(code: $0.codeName, subject: $0.subject), $0) }) { $1 }
        for finding in plan.findings where findings[Key(code: finding.codeName, subject: finding.subject)] == nil {
            messages.append(JournalMessage(finding))
        }
        for (key, old) in findings.sorted(by: { $0.key < $1.key }) where now[key] == nil {
            messages.append(
                JournalMessage(
                    .findingCleared, .info, "resolved: \(old.message)",
                    ["BEDROCK_FINDING": key.code, "BEDROCK_SUBJECT": key.subject]))
        }
        findings = now
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
