import Glibc
import Host
import SessionHealth

/// Texts by the columns that they take on a terminal.
enum Columns {
    /// How many columns a text takes. It is `printable`.
    static func count(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + ScalarWidth.columns($1) } }

    /// The text in so many columns at most; a longer one ends in `…`.
    static func cut(_ text: String, to limit: Int) -> String {
        guard count(text) > limit else { return text }
        var result = ""
        var used = 1
        for scalar in text.unicodeScalars {
            used += ScalarWidth.columns(scalar)
            guard used <= limit else { break }
            result.unicodeScalars.append(scalar)
        }
        return limit > 0 ? result + "…" : ""
    }

    /// The text with spaces up to so many columns.
    static func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - count(text)))
    }

    /// The text broken between words, so that it fits a terminal; the lines after the first are indented. What is piped
    /// elsewhere stays on one line.
    static func wrap(_ text: String, indent: Int) -> String {
        guard isatty(STDOUT_FILENO) == 1 else { return text }
        let lines = WordWrap.lines(text, width: max(20, ofTerminal - indent)) { count(String($0)) }
        return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
    }

    /// The text in lines that take so many columns at most, broken between words, and within a longer one.
    static func fold(_ text: String, to width: Int) -> [String] {
        WordWrap.lines(text, width: width) { count(String($0)) }.flatMap { line -> [String] in
            var lines = [""]
            var used = 0
            for scalar in line.unicodeScalars {
                used += ScalarWidth.columns(scalar)
                if used > max(width, 2) {
                    lines.append("")
                    used = ScalarWidth.columns(scalar)
                }
                lines[lines.count - 1].unicodeScalars.append(scalar)
            }
            return lines
        }
    }

    /// The width of the terminal; 80 if unknown.
    static var ofTerminal: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// The height of the terminal; 24 if unknown.
    static var linesOfTerminal: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return 24 }
        return Int(size.ws_row)
    }
}
