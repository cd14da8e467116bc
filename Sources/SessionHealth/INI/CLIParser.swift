// How the AWS CLI reads an INI file: Python's configparser, with botocore's nested blocks.

/// Parses a file line by line.
///
/// A line that is indented further than the last key continues its value. `#` and `;` start a comment only at the start
/// of a line. Keys end at the first `=` or `:` and are lower-cased. Duplicates are errors.
struct CLIParser {
    private let path: String
    private var sections: [INISection] = []
    private var lineOfSection = NameTable<Int>()
    private var defaults: INISection
    private var open: INISection?
    private var pending: Pending?
    private var indent = 0

    /// The key whose value may continue on the next line.
    private struct Pending {
        var setting: INISetting
        var continued: [INILine] = []
    }

    /// Keys of this section apply to every section of the file.
    private static let defaultName = "DEFAULT"

    init(path: String) {
        self.path = path
        defaults = INISection(name: Self.defaultName, place: ConfigPlace(path: path, line: 0))
    }

    mutating func read(_ line: INILine) throws(INIError) {
        let text = line.text
        if line.number == 1, text.starts(with: [0xEF, 0xBB, 0xBF]) { throw refuse(.byteOrderMark, line) }
        guard let first = text.first else { return }
        if first == UInt8(ascii: "#") || first == UInt8(ascii: ";") { return }
        if pending != nil, line.indent > indent {
            pending?.continued.append(line)
            return
        }
        try closeKey()
        indent = line.indent
        if first == UInt8(ascii: "["), let end = text.lastIndex(of: UInt8(ascii: "]")), end > text.startIndex + 1 {
            try begin(INIText.string(text[(text.startIndex + 1)..<end]), at: line)
        } else {
            try readKey(line)
        }
    }

    /// The sections, each with the `[DEFAULT]` keys that it does not set itself.
    mutating func finish() throws(INIError) -> [INISection] {
        try closeKey()
        closeSection()
        guard defaults.settings.isEmpty || sections.count <= INIFile.longest / defaults.settings.count else {
            throw INIError(.tooLong, defaults.place)
        }
        for var setting in defaults.settings {
            setting.isDefault = true
            for index in sections.indices where sections[index].setting(setting.key) == nil {
                sections[index].put(setting)
            }
        }
        return sections
    }

    private mutating func begin(_ name: String, at line: INILine) throws(INIError) {
        closeSection()
        if name == Self.defaultName {
            open = defaults
            return
        }
        if let first = lineOfSection[name] { throw refuse(.duplicateSection(name, first: first), line) }
        lineOfSection[name] = line.number
        open = INISection(name: name, place: ConfigPlace(path: path, line: line.number))
    }

    private mutating func closeSection() {
        guard let section = open else { return }
        open = nil
        if section.name == Self.defaultName { defaults = section } else { sections.append(section) }
    }

    private mutating func readKey(_ line: INILine) throws(INIError) {
        guard let name = open?.name else { throw refuse(.textBeforeSection, line) }
        let text = line.text
        guard let mark = text.firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) else {
            throw refuse(.noEqualsSign, line)
        }
        let spelling = INIText.string(INIText.trimmedEnd(text[..<mark]))
        guard !spelling.isEmpty else { throw refuse(.noKey, line) }
        let isLower = spelling.utf8.allSatisfy { $0 < 0x80 && !($0 >= 0x41 && $0 <= 0x5A) }
        let key = isLower ? spelling : spelling.lowercased()
        if let first = open?.setting(key) {
            throw refuse(.duplicateKey(key, section: name, first: first.place.line), line)
        }
        pending = Pending(
            setting: INISetting(
                key: key, value: INIText.string(INIText.trimmedStart(text[(mark + 1)...])),
                place: ConfigPlace(path: path, line: line.number), spelling: spelling,
                usesColon: text[mark] == UInt8(ascii: ":")))
    }

    private mutating func closeKey() throws(INIError) {
        guard var key = pending else { return }
        pending = nil
        if !key.continued.isEmpty { key.setting.continues(key.continued.compactMap(self.key)) }
        if key.setting.value.isEmpty {
            for line in key.continued { try addNested(line, under: key.setting.key) }
        }
        open?.put(key.setting)
    }

    /// What would be the key of a line that stood by itself.
    private func key(_ line: INILine) -> INISetting.Key? {
        line.text.firstIndex { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }.map { mark in
            INISetting.Key(
                name: INIText.string(INIText.trimmedEnd(line.text[..<mark])).lowercased(),
                place: ConfigPlace(path: path, line: line.number))
        }
    }

    /// A line in a nested block such as `s3 =`; its key keeps its case.
    private mutating func addNested(_ line: INILine, under key: String) throws(INIError) {
        for text in INIText.pieces(of: line.text) {
            guard let mark = text.firstIndex(of: UInt8(ascii: "=")) else {
                throw refuse(.nestedWithoutEqualsSign(under: key), line)
            }
            let name = INIText.string(INIText.trimmedEnd(text[..<mark]))
            open?.put(
                INISetting(
                    key: "\(key).\(name)", value: INIText.string(INIText.trimmedStart(text[(mark + 1)...])),
                    place: ConfigPlace(path: path, line: line.number), spelling: name))
        }
    }

    private func refuse(_ reason: INIError.Reason, _ line: INILine) -> INIError {
        INIError(reason, ConfigPlace(path: path, line: line.number))
    }
}
