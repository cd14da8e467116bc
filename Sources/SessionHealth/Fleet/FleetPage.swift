import FoundationEssentials

/// The report as a page: one file without scripts, which takes nothing from elsewhere. It is read in print and by a
/// screen reader, too: each table has a caption and headers, and nothing is told by colour alone.
package struct FleetPage {
    private let report: FleetReport
    private static let mostRows = 200

    package init(_ report: FleetReport) { self.report = report }

    package var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>bedrock-agent: \(report.machines) machines</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        <main>
        <h1>bedrock-agent: the fleet</h1>
        <p>\(period)</p>
        \(figures)
        \(sections.joined(separator: "\n"))
        </main>
        </body>
        </html>

        """
    }

    private var period: String {
        "What the journals of \(report.machines) machines say, from \(Self.time(report.since)) to"
            + " \(Self.time(report.at))."
    }

    /// The numbers to see first.
    private var figures: String {
        let healthy = report.conditions[Condition.healthy.rawValue] ?? 0
        let all = [
            ("users", "\(report.users)"), ("healthy", "\(healthy)"), ("silent machines", "\(report.silent.count)"),
            ("without a session", "\(report.withoutSession.count)"),
            ("8-hour profiles", "\(report.legacy.count)"), ("sign-ins a day", "\(report.signInsPerDay)"),
            ("work time lost", report.lostSeconds == 0 ? "none" : FleetReport.hours(report.lostSeconds)),
        ]
        return "<dl>\n" + all.map { "<div><dt>\($0)</dt><dd>\($1)</dd></div>" }.joined(separator: "\n") + "\n</dl>"
    }

    private var sections: [String] {
        [
            table(
                "What to do first", ["Where", "What is wrong, and its fix, as that user"],
                report.worst.map { problem in
                    let words = problem.words { Self.minute($0) }.escapedMarkup(quotes: true)
                    return [Self.user(problem.user), "\(words)<br>\(Self.code(problem.fix))"]
                }, empty: "Nothing is wrong."),
            table(
                "Users by condition", ["Condition", "Users", "Share"],
                report.conditionRows.map { row in
                    [row.name, "\(row.count)", Self.bar(row.count, of: report.users)]
                }, empty: "Nobody was heard of."),
            table(
                "Silent machines", ["Host", "Last heard of"],
                report.silent.map { silent in
                    [Self.text(silent.host), (silent.since.map(Self.time) ?? "never") + silent.goneWords]
                }, empty: "There are none."),
            table(
                "8-hour profiles", ["Where", "Profile"],
                report.legacy.map { [Self.user($0.user), "<code>\(Self.text($0.profile))</code>"] },
                empty: "None is left."),
            table(
                "Without a session", ["Where", "Fix, as that user"],
                report.withoutSession.map { [Self.user($0), Self.code(FleetReport.Problem.noSessionFix)] },
                empty: "Nobody."),
            table(
                "Sign-ins by day (UTC)", ["Day", "By itself", "On request", "By other programs", "Failed"],
                report.days.map { day in
                    let counts = day.signIns
                    return [day.day]
                        + [counts.automatic, counts.asked, counts.elsewhere, counts.failed].map { "\($0)" }
                }, empty: "Nobody signed in."),
            table("Refusals by the service", ["Its word", "How often"], Self.counts(report.refusals), empty: "None."),
            table("Versions", ["Version", "Users"], Self.counts(report.versions), empty: "Nobody was heard of."),
            remarks,
        ]
    }

    private var remarks: String {
        var remarks: [String] = []
        if !report.clocksAhead.isEmpty {
            let hosts = FleetReport.few(report.clocksAhead, 20) { Self.text($0) }
            remarks.append("The clock is or was ahead on \(hosts): what it said then is not believed.")
        }
        if report.ignored > 0 { remarks.append("\(report.ignored) entries were ignored.") }
        if report.unreadFiles > 0 {
            remarks.append("\(report.unreadFiles) journal files could not be read to the end.")
        }
        return remarks.map { "<p>\($0)</p>" }.joined(separator: "\n")
    }

    /// The first cell of each row names it. All cells are markup.
    private func table(_ title: String, _ columns: [String], _ rows: [[String]], empty: String) -> String {
        guard !rows.isEmpty else { return "<h2>\(title)</h2>\n<p>\(empty)</p>" }
        let head = columns.map { "<th scope=\"col\">\($0)</th>" }.joined()
        let body = rows.prefix(Self.mostRows).map { row in
            "<tr><th scope=\"row\">\(row[0])</th>" + row.dropFirst().map { "<td>\($0)</td>" }.joined() + "</tr>"
        }
        let rest =
            rows.count > Self.mostRows ? "\n<p>… and \(rows.count - Self.mostRows) more: see fleet --json.</p>" : ""
        return """
            <table>
            <caption>\(title)</caption>
            <thead><tr>\(head)</tr></thead>
            <tbody>
            \(body.joined(separator: "\n"))
            </tbody>
            </table>\(rest)
            """
    }

    private static func text(_ value: String) -> String { value.brief.escapedMarkup(quotes: true) }

    private static func user(_ user: FleetReport.User) -> String { "\(text(user.host)), user&nbsp;\(user.uid)" }

    private static func code(_ command: String) -> String {
        "<code>\(command.printable.escapedMarkup(quotes: true))</code>"
    }

    private static func counts(_ counts: [String: Int]) -> [[String]] {
        FleetReport.byCount(counts).map { [text($0.name), "\($0.count)"] }
    }

    /// For the eye alone: the number is beside it.
    private static func bar(_ count: Int, of all: Int) -> String {
        let share = all > 0 ? count * 100 / all : 0
        return
            "<span class=\"bar\" style=\"width: \(max(share * 3 / 4, 1))%\" aria-hidden=\"true\"></span> \(share)&nbsp;%"
    }

    private static func minute(_ date: Date) -> String {
        let text = Timestamp.format(date)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }

    private static func time(_ date: Date) -> String {
        "<time datetime=\"\(Timestamp.format(date))\">\(minute(date))</time>"
    }

    private static let style = """
        :root { color-scheme: light dark; --text: #1b1b1b; --back: #fff; --line: #b8b8b8; --bar: #2a5d9c; }
        @media (prefers-color-scheme: dark) {
        :root { --text: #ececec; --back: #161616; --line: #5a5a5a; --bar: #8ab4e8; }
        }
        body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
        main { max-width: 64rem; margin: 0 auto; padding: 1rem; }
        h1 { font-size: 1.6rem; margin: 0; }
        h2, caption { font-size: 1.15rem; font-weight: 600; text-align: left; margin: 2rem 0 .25rem; }
        caption { margin: 0; padding: 2rem 0 .25rem; }
        dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1rem 0 0; }
        dl div { display: flex; flex-direction: column-reverse; }
        dd { margin: 0; font-size: 1.5rem; font-weight: 600; }
        table { width: 100%; border-collapse: collapse; }
        th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; }
        th, td { border-bottom: 1px solid var(--line); }
        tbody th { font-weight: 400; overflow-wrap: anywhere; min-width: min(9rem, 25vw); }
        td { overflow-wrap: break-word; }
        code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
        @media (max-width: 30rem) {
        table { font-size: .875rem; }
        th, td { padding-right: .4rem; }
        thead th { hyphens: auto; }
        }
        .bar { display: inline-block; height: .7em; background: var(--bar); print-color-adjust: exact; }
        @media print {
        :root { --text: #000; --back: #fff; --line: #888; --bar: #2a5d9c; }
        main { max-width: none; padding: 0; }
        tr { break-inside: avoid; }
        h2, caption, thead, tbody tr:first-child { break-after: avoid; }
        thead { display: table-header-group; }
        }
        """
}
