import Glibc
import Host
import SessionHealth

/// Questions in plain lines, for a terminal that cannot move its cursor.
enum PlainQuestion {
    /// What is typed to go back.
    private static let back = "<"

    static func choose(_ question: String, _ rows: [[String]], _ selected: Int?, canGoBack: Bool, help: String?) throws
        -> Int
    {
        say(question)
        for (index, row) in Menu.aligned(rows).enumerated() {
            say("  \(rows.count > 9 && index < 9 ? " " : "")\(index + 1). \(row)")
        }
        let hints = [help == nil ? nil : "? shows help", canGoBack ? "\(back) goes back" : nil].compactMap(\.self)
        let hint = hints.isEmpty ? "" : " (\(hints.joined(separator: ", ")))"
        while true {
            let answer = try line("Number\(selected.map { " [\($0 + 1)]" } ?? "")\(hint): ")
            if canGoBack, answer == back { throw GoBack() }
            if let help, answer == "?" {
                Dialogue.show(help: help)
                continue
            }
            if answer.isEmpty {
                if let selected { return selected }
                say("  Enter a number from 1 to \(rows.count)")
                continue
            }
            if let number = Int(answer), (1...rows.count).contains(number) { return number - 1 }
            say("  \(answer.printable) is not a number from 1 to \(rows.count)")
        }
    }

    static func ask(_ question: String, _ standard: String, canGoBack: Bool) throws -> String {
        let way = canGoBack ? " (\(back) goes back)" : ""
        let answer = try line(standard.isEmpty ? "\(question)\(way): " : "\(question) [\(standard)]\(way): ")
        if canGoBack, answer == back { throw GoBack() }
        return answer.isEmpty ? standard : answer
    }

    /// Its lines stay as they are when the terminal has another size.
    private static func waitForInput() -> Bool {
        while !Interruption.waitForInput() {
            guard Interruption.takeResize() else { return false }
        }
        return true
    }

    /// What the person types up to Enter, without the spaces around it.
    private static func line(_ prompt: String) throws -> String {
        StandardOutput.write(Array(prompt.utf8))
        var bytes: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            guard waitForInput(), read(STDIN_FILENO, &byte, 1) == 1 else {
                say("")
                throw Cancelled()
            }
            if byte == UInt8(ascii: "\n") { break }
            bytes.append(byte)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard !text.unicodeScalars.contains("\u{1b}") else { throw Cancelled() }
        return text.trimmed
    }
}
