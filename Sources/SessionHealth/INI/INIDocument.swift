/// A configuration file that is edited line by line; all other bytes stay the same.
///
/// Line numbers are those before the edit, counted from 1, as in the places of settings.
struct INIDocument {
    private struct Line {
        var text: ArraySlice<UInt8>
        /// `\n`, `\r\n`, `\r`, or empty at the end of the file.
        var end: ArraySlice<UInt8>
    }

    private let path: String
    private var lines: [Line] = []
    /// The first line's line end, used for every added line.
    private let lineEnd: ArraySlice<UInt8>

    init(_ bytes: [UInt8], path: String) {
        self.path = path
        var rest = bytes[...]
        while !rest.isEmpty {
            let text = rest.prefix { $0 != 0x0A && $0 != 0x0D }
            rest = rest[text.endIndex...]
            let end = rest.prefix(rest.starts(with: [0x0D, 0x0A]) ? 2 : 1)
            rest = rest[end.endIndex...]
            lines.append(Line(text: text, end: end))
        }
        lineEnd = lines.first.map(\.end).flatMap { $0.isEmpty ? nil : $0 } ?? [0x0A]
    }

    var bytes: [UInt8] { lines.flatMap { $0.text + $0.end } }

    /// The sections as the AWS CLI reads them.
    func sections() throws(INIError) -> [INISection] {
        try INIFile(ConfigFile(path: path, bytes: bytes)).cli
    }

    /// A line without its line end.
    func line(_ number: Int) -> String { INIText.string(lines[number - 1].text) }

    /// Whether the line has only white space, or does not exist.
    func isBlank(_ number: Int) -> Bool {
        !lines.indices.contains(number - 1) || INIText.trimmedStart(lines[number - 1].text).isEmpty
    }

    /// A line for another key, formatted like an existing setting, but always with `=`: Claude Code does not read
    /// colons.
    func line(_ key: String, _ value: String, like setting: INISetting) -> String {
        let line = lines[setting.place.line - 1].text
        let text = INIText.trimmedStart(line)
        let after = text.dropFirst(setting.spelling.utf8.count)
        let mark = INIText.trimmedStart(after).prefix(1)
        let space = after[..<mark.startIndex]
        let rest = after[mark.endIndex...]
        let behind = rest[..<INIText.trimmedStart(rest).startIndex]
        let isColon = mark.first == UInt8(ascii: ":")
        let before = isColon && space.isEmpty ? behind : space
        return INIText.string(line[..<text.startIndex]) + key + INIText.string(before) + "="
            + INIText.string(behind) + value
    }

    /// Replaces lines; an empty replacement removes the line.
    mutating func replace(_ replacements: [Int: [String]]) {
        var edited: [Line] = []
        for (index, line) in lines.enumerated() {
            guard let new = replacements[index + 1] else {
                edited.append(line)
                continue
            }
            for text in new { edited.append(Line(text: Array(text.utf8)[...], end: lineEnd)) }
            if !new.isEmpty { edited[edited.count - 1].end = line.end }
        }
        lines = edited
    }

    /// Adds a section at the end, after a blank line.
    mutating func append(_ section: [String]) {
        if let last = lines.indices.last {
            if lines[last].end.isEmpty { lines[last].end = lineEnd }
            if !isBlank(lines.count) { lines.append(Line(text: [], end: lineEnd)) }
        }
        lines += section.map { Line(text: Array($0.utf8)[...], end: lineEnd) }
    }
}
