// How Claude Code's AWS SDK (JavaScript) reads an INI file. It reports no errors; it ignores what it does not
// understand.

enum JavaScriptParser {
    /// The sections by the SDK's names: `profile.NAME`, `sso-session.NAME`, `services.NAME`, or the text between the
    /// brackets. Sections of the same name are merged; of duplicate keys, the last one counts.
    static func sections(of lines: INILines, path: String) -> [INISection] {
        var sections: [INISection] = []
        var positions = NameTable<Int>()
        var current: Int?
        var block: String?
        for line in lines {
            let text = withoutComment(line.text)
            if text.first == UInt8(ascii: "["), text.last == UInt8(ascii: "]"), text.count > 1 {
                block = nil
                current = nil
                guard let name = sectionName(text.dropFirst().dropLast()) else { continue }
                if let known = positions[name] {
                    current = known
                } else {
                    current = sections.count
                    positions[name] = sections.count
                    sections.append(INISection(name: name, place: ConfigPlace(path: path, line: line.number)))
                }
            } else if let current, let mark = text.firstIndex(of: UInt8(ascii: "=")), mark > text.startIndex {
                let key = INIText.string(INIText.trimmedEnd(text[..<mark]))
                let value = INIText.string(INIText.trimmedStart(text[(mark + 1)...]))
                if value.isEmpty {
                    block = key
                    continue
                }
                if line.indent == 0 { block = nil }
                let name = block.map { "\($0).\(key)" } ?? key
                sections[current].put(
                    INISetting(
                        key: name, value: value, place: ConfigPlace(path: path, line: line.number), spelling: key))
            }
        }
        return sections
    }

    /// The text before the first `#` or `;` that starts the line or follows white space.
    private static func withoutComment(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        for index in text.indices where text[index] == UInt8(ascii: "#") || text[index] == UInt8(ascii: ";") {
            let before = text[..<index]
            let trimmed = INIText.trimmedEnd(before)
            if before.isEmpty || trimmed.endIndex < index { return trimmed }
        }
        return text
    }

    /// `profile "a"` becomes `profile.a`. Nil for an unknown prefix: such a section is ignored.
    ///
    /// A prefix is one word, then one white-space character, then a name of letters, digits and `_ - @ + . % : /`,
    /// optionally quoted. Otherwise (e.g. a name with a space) the text between the brackets is the name.
    private static func sectionName(_ header: ArraySlice<UInt8>) -> String? {
        let prefix = header.prefix(while: isPrefixByte)
        var name = header[prefix.endIndex...]
        guard !prefix.isEmpty, INIText.trimmedStart(name.prefix(1)).isEmpty, !name.isEmpty else {
            return INIText.string(header)
        }
        name = name.dropFirst()
        if let quote = name.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            guard name.count > 1, name.last == quote else { return INIText.string(header) }
            name = name.dropFirst().dropLast()
        }
        guard !name.isEmpty, name.allSatisfy({ isPrefixByte($0) || "@+.%:/".utf8.contains($0) }) else {
            return INIText.string(header)
        }
        let kind = INIText.string(prefix)
        return ["profile", "sso-session", "services"].contains(kind) ? "\(kind).\(INIText.string(name))" : nil
    }

    private static func isPrefixByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
