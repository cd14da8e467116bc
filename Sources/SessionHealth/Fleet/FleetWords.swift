import FoundationEssentials

// What the text and the page say alike.

extension FleetReport {
    /// The users by condition, worst first, then those without a session, then those of whom less is known.
    var conditionRows: [(name: String, count: Int)] {
        let known =
            Condition.allCases.reversed().map(\.rawValue)
            + [FleetReport.noSessionCondition, FleetReport.unknownCondition, FleetReport.silentCondition]
        return known.compactMap { name in conditions[name].map { (name, $0) } }
    }

    /// Most frequent first.
    static func byCount(_ counts: [String: Int]) -> [(name: String, count: Int)] {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    static func few<Value>(_ values: [Value], _ most: Int, _ words: (Value) -> String) -> String {
        let rest = values.count > most ? " and \(values.count - most) more" : ""
        return values.prefix(most).map(words).joined(separator: ", ") + rest
    }

    var lostWords: String {
        lostSeconds == 0 ? "none" : "\(Self.hours(lostSeconds)), by \(usersWhoLost) user(s)"
    }

    static func hours(_ seconds: Int) -> String {
        seconds < 60
            ? "under 1 min" : seconds < 3600 ? "\(seconds / 60) min" : "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }
}

extension FleetReport.SignIns {
    var words: String {
        "\(automatic) automatic, \(asked) on request, \(elsewhere) by other programs; \(failed) failed"
    }
}

extension FleetReport.Silent {
    var goneWords: String {
        (saidGoodbye ? ", after the agent was stopped" : "")
            + (isReplaced ? "; another machine has its name now" : "")
    }
}

extension FleetReport.Problem {
    func words(_ time: (Date) -> String) -> String {
        var words = condition + (since.map { " since \(time($0))" } ?? "")
        if lostSeconds > 0 { words += ", \(FleetReport.hours(lostSeconds)) lost" }
        if failedSignIns > 0 { words += ", \(failedSignIns) failed sign-in\(failedSignIns == 1 ? "" : "s")" }
        return words
    }
}

extension String {
    /// A name that another machine gave: on one line, and no longer than one fits in a table.
    var brief: String {
        let most = 64
        let cut =
            unicodeScalars.count > most ? String(String.UnicodeScalarView(unicodeScalars.prefix(most - 1))) + "…" : self
        return cut.printable
    }
}
