// How the AWS CLI reads an INI file: the rules of Python's configparser, with botocore's nested blocks.

/// Takes the lines of one file in turn.
///
/// A line that is indented further than the last key continues its value; `#` and `;` begin a comment only at the
/// start of a line; keys end at the first `=` or `:` and are lower-cased; nothing may come twice.
struct CLIReading {
    private let path: String
    private var sections: [INISection] = []
    private var lineOfSection: [String: Int] = [:]
    private var defaults: INISection
    private var open: INISection?
    private var pending: Pending?
    private var indent = 0

    /// The key whose value may go on.
    private struct Pending {
        var key: String
        var setting: INISetting
        var continued: [INILine] = []
    }

    /// Keys of this section hold for every section of the file.
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

    /// The sections, each with the keys of `[DEFAULT]` that it does not have itself.
    mutating func finish() throws(INIError) -> [INISection] {
        try closeKey()
        closeSection()
        if !defaults.settings.isEmpty {
            let shared = defaults.settings.mapValues { setting in
                var setting = setting
                setting.isDefault = true
                return setting
            }
            for index in sections.indices {
                sections[index].settings.merge(shared) { own, _ in own }
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
        if let first = lineOfSection.updateValue(line.number, forKey: name) {
            throw refuse(.duplicateSection(name, first: first), line)
        }
        open = INISection(name: name, place: ConfigPlace(path: path, line: line.number))
    }

    private mutating func closeSection() {
        guard let section = open else { return }
        open = nil
        if section.name == Self.defaultName { defaults = section } else { sections.append(section) }
    }

    private mutating func readKey(_ line: INILine) throws(INIError) {
        guard let section = open else { throw refuse(.textBeforeSection, line) }
        let text = line.text
        guard let mark = text.firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) else {
            throw refuse(.noEqualsSign, line)
        }
        let spelling = INIText.string(INIText.trimmedEnd(text[..<mark]))
        guard !spelling.isEmpty else { throw refuse(.noKey, line) }
        let key = spelling.lowercased()
        if let first = section.settings[key] {
            throw refuse(.duplicateKey(key, section: section.name, first: first.place.line), line)
        }
        pending = Pending(
            key: key,
            setting: INISetting(
                value: INIText.string(INIText.trimmedStart(text[(mark + 1)...])),
                place: ConfigPlace(path: path, line: line.number), spelling: spelling,
                usesColon: text[mark] == UInt8(ascii: ":")))
    }

    private mutating func closeKey() throws(INIError) {
        guard var key = pending else { return }
        pending = nil
        if key.setting.value.isEmpty, !key.continued.isEmpty {
            for line in key.continued { try addNested(line, under: key.key) }
        } else {
            for line in key.continued { key.setting.value += "\n" + INIText.string(line.text) }
        }
        open?.settings[key.key] = key.setting
    }

    /// A line of a block such as `s3 =`; its key keeps its case.
    private mutating func addNested(_ line: INILine, under key: String) throws(INIError) {
        guard let mark = line.text.firstIndex(of: UInt8(ascii: "=")) else {
            throw refuse(.nestedWithoutEqualsSign(under: key), line)
        }
        let name = INIText.string(INIText.trimmedEnd(line.text[..<mark]))
        open?.settings["\(key).\(name)"] = INISetting(
            value: INIText.string(INIText.trimmedStart(line.text[(mark + 1)...])),
            place: ConfigPlace(path: path, line: line.number), spelling: name)
    }

    private func refuse(_ reason: INIError.Reason, _ line: INILine) -> INIError {
        INIError(reason, ConfigPlace(path: path, line: line.number))
    }
}
