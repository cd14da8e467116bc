import Host
import SessionHealth

/// Turns what is different from the last plan into journal entries and the service's status line; else it is silent.
struct Announcer {
    private var conditions: [String: Condition] = [:]
    private var findings: [Key: Finding] = [:]
    private var line = ""

    /// What makes two findings the same one, whatever times their texts name.
    private struct Key: Hashable {
        var code: String
        var subject: String
    }

    mutating func changes(_ facts: Facts, _ plan: Plan) -> [JournalMessage] {
        var events: [JournalMessage] = []
        for (session, decided) in zip(facts.sessions, plan.sessions) {
            // A refresh has an entry of its own when it ends.
            guard decided.condition != .refreshing else { continue }
            let old = conditions.updateValue(decided.condition, forKey: session.session.name)
            guard old != decided.condition else { continue }
            events.append(JournalMessage(session, from: old, to: decided.condition))
        }
        let now = Dictionary(plan.findings.map { (Key(code: $0.codeName, subject: $0.subject), $0) }) { $1 }
        for finding in plan.findings where findings[Key(code: finding.codeName, subject: finding.subject)] == nil {
            events.append(JournalMessage(finding))
        }
        for (key, old) in findings where now[key] == nil {
            events.append(
                JournalMessage(
                    JournalMessage.ID.findingCleared, .info, "no longer: \(old.message)",
                    ["BEDROCK_FINDING": key.code, "BEDROCK_SUBJECT": key.subject]))
        }
        findings = now
        let newLine = Announcer.line(facts, plan)
        if newLine != line {
            line = newLine
            ServiceNotify.status(line)
        }
        return events
    }

    /// All of it in one line, for `systemctl status`.
    static func line(_ facts: Facts, _ plan: Plan) -> String {
        "\(plan.condition.rawValue), \(facts.sessions.count) session(s)"
    }

    /// A person has just signed in: what a legacy profile means is worth saying once again.
    mutating func forget(subjects: [String]) {
        findings = findings.filter { !subjects.contains($0.key.subject) }
    }
}
