/// `doctor` for people: under each layer a line a check, the fix below what is wrong, and the sum at the end.
package struct CheckupText {
    private let checkup: Checkup
    private let isColored: Bool
    private let home: String
    /// Columns that messages are wrapped at. A fix is not: it is there to be copied.
    private static let width = 80
    private static let indent = 8

    /// - Parameter home: written `~` in messages, and in a fix where it begins a word without quotes.
    package init(_ checkup: Checkup, isColored: Bool, home: String) {
        self.checkup = checkup
        self.isColored = isColored
        self.home = home
    }

    package var text: String {
        var lines: [String] = []
        for (layer, checks) in checkup.layers {
            lines.append(bold(layer.rawValue))
            lines += checks.flatMap(self.lines)
            lines.append("")
        }
        lines.append(sum)
        return lines.joined(separator: "\n") + "\n"
    }

    private func lines(of check: Check) -> [String] {
        let margin = String(repeating: " ", count: Self.indent)
        let wrapped = Self.wrapped(check.message.replacing(home + "/", with: "~/").printable)
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
        case .pass: colored("pass", 32)
        case .warning: colored("warn", 33)
        case .failure: colored("FAIL", 31)
        }
    }

    private func bold(_ text: String) -> String { isColored ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    private func colored(_ text: String, _ number: Int) -> String {
        isColored ? "\u{1B}[\(number)m\(text)\u{1B}[0m" : text
    }

    /// Lines that fit beside the margin, broken at spaces; a longer word has a line of its own.
    static func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if !line.isEmpty, line.count + 1 + word.count > width - indent {
                lines.append(line)
                line = String(word)
            } else {
                line += line.isEmpty ? String(word) : " \(word)"
            }
        }
        return lines + [line]
    }
}
