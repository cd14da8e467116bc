import FoundationEssentials

/// `fleet` for people, on a terminal. What other machines wrote cannot move it.
package struct FleetText {
    private let report: FleetReport
    private let local: (Date) -> String

    /// - Parameter local: local time of day, with the day where it is not today's.
    package init(_ report: FleetReport, local: @escaping (Date) -> String) {
        self.report = report
        self.local = local
    }

    package var text: String {
        let parts = [
            [answer], conditions, numbers, silent, table("8-hour profiles", legacy, of: report.legacy.count),
            withoutSession,
            table("What to do first", worst, of: report.worst.count),
        ]
        return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    }

    private var answer: String {
        "\(report.machines) machine(s), \(report.users) user(s), since \(local(report.since))"
    }

    private var conditions: [String] {
        report.conditionRows.map { row($0.name, "\($0.count)") }
    }

    private var numbers: [String] {
        var lines = [
            row("sign-ins a day", "\(report.signInsPerDay): \(report.signIns.words)"),
            row("work time lost", report.lostWords), row("8-hour profiles", "\(report.legacy.count)"),
        ]
        if !report.refusals.isEmpty { lines.append(row("refusals", Self.counts(report.refusals))) }
        lines.append(row("versions", Self.counts(report.versions)))
        if !report.clocksAhead.isEmpty {
            lines.append(row("clocks ahead", FleetReport.few(report.clocksAhead, 10) { $0.brief }))
        }
        if report.ignored > 0 { lines.append(row("entries ignored", "\(report.ignored)")) }
        if report.unreadFiles > 0 { lines.append(row("files unread", "\(report.unreadFiles)")) }
        return lines
    }

    private var silent: [String] {
        table(
            "Silent machines",
            report.silent.prefix(Self.mostRows).map {
                row($0.host.brief, ($0.since.map { "since \(local($0))" } ?? "never heard") + $0.goneWords)
            }, of: report.silent.count)
    }

    private var legacy: [String] {
        report.legacy.prefix(Self.mostRows).map { row("\($0.user.host.brief), user \($0.user.uid)", $0.profile.brief) }
    }

    private var withoutSession: [String] {
        let users = report.withoutSession.prefix(Self.mostRows).map { "  \($0.host.brief), user \($0.uid)" }
        return table("Without a session", users, of: report.withoutSession.count)
            + (users.isEmpty ? [] : ["    fix: \(FleetReport.Problem.noSessionFix)"])
    }

    private var worst: [String] {
        report.worst.flatMap { problem in
            [
                row("\(problem.user.host.brief), user \(problem.user.uid)", problem.words(local)),
                "    fix: \(problem.fix)",
            ]
        }
    }

    private static let mostRows = 20

    private func table(_ title: String, _ lines: [String], of count: Int) -> [String] {
        guard !lines.isEmpty else { return [] }
        let rest = count > Self.mostRows ? ["  … and \(count - Self.mostRows) more: --json has all"] : []
        return [title] + lines + rest
    }

    private func row(_ name: String, _ value: String) -> String {
        "  " + name + String(repeating: " ", count: max(1, 18 - name.unicodeScalars.count)) + value
    }

    private static func counts(_ counts: [String: Int]) -> String {
        FleetReport.few(FleetReport.byCount(counts), 10) { "\($0.name.brief) (\($0.count))" }
    }
}
