/// Texts broken between words.
package enum WordWrap {
    /// Lines that fit; a longer word has a line of its own.
    /// - Parameters:
    ///   - width: columns of a line.
    ///   - columns: how many a text takes.
    package static func lines(
        _ text: String, width: Int, columns: (Substring) -> Int = { $0.count }
    ) -> [String] {
        var lines: [String] = []
        var line = ""
        var used = 0
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let size = columns(word)
            if line.isEmpty {
                line = String(word)
                used = size
            } else if used + 1 + size <= width {
                line += " \(word)"
                used += 1 + size
            } else {
                lines.append(line)
                line = String(word)
                used = size
            }
        }
        return lines + [line]
    }
}
