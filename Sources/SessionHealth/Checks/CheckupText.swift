/// `doctor` for people: under each layer a line a check, the fix below what is wrong, and the sum at the end.
package struct CheckupText {
    private let checkup: Checkup
    private let style: Style
    private let home: String
    /// Columns that messages are wrapped at. A fix is not: it is there to be copied.
    private static let width = 80
    private static let indent = 8

    /// - Parameter home: written `~` in messages, and in a fix where it begins a word without quotes.
    package init(_ checkup: Checkup, style: Style, home: String) {
        self.checkup = checkup
        self.style = style
        self.home = home
    }

    package var text: String {
        var lines: [String] = []
        for (layer, checks) in checkup.layers {
            lines.append(style(layer.rawValue, .bold))
            lines += checks.flatMap(self.lines)
            lines.append("")
        }
        lines.append(sum)
        return lines.joined(separator: "\n") + "\n"
    }

    private func lines(of check: Check) -> [String] {
        let margin = String(repeating: " ", count: Self.indent)
        let message = check.message.replacing(home + "/", with: "~/").printable
        let wrapped = WordWrap.lines(message, width: Self.width - Self.indent)
        var lines = ["  \(word(for: check.result))  \(wrapped[0])"] + wrapped.dropFirst().map { margin + $0 }
        let fix = check.fix.replacing(" \(home)/", with: " ~/")
        if !fix.isEmpty { lines.append("\(margin)fix: \(fix.printable)") }
        return lines
    }

    private var sum: String {
        func words(_ count: Int, _ noun: String) -> String? {
            count == 0 ? nil : "\(count) \(noun)\(count == 1 ? "" : "s")"
        }
        let parts = [
            words(checkup.count(.failure), "failure"), words(checkup.count(.warning), "warning"),
        ].compactMap(\.self)
        return "doctor: " + (parts.isEmpty ? "all is well" : parts.joined(separator: ", "))
    }

    /// Four letters each.
    private func word(for result: Check.Result) -> String {
        switch result {
        case .pass: style("pass", .green)
        case .warning: style("warn", .yellow)
        case .failure: style("FAIL", .red)
        }
    }
}
