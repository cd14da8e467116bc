// One AWS configuration or credentials file, parsed in two ways: as the AWS CLI reads it, and as the JavaScript SDK in
// Claude Code does. They differ in comments, quotes, colons and more (see `ReadingDifference`).

/// A configuration file, which may not exist.
package struct ConfigFile: Hashable, Sendable {
    /// The path to show in messages.
    package var path: String
    /// Nil if the file does not exist, which is not an error.
    package var bytes: [UInt8]?

    package init(path: String, bytes: [UInt8]?) {
        self.path = path
        self.bytes = bytes
    }
}

/// The sections of one file as each reader sees them, in file order.
package struct INIFile: Sendable {
    package let path: String
    /// What the AWS CLI (botocore, Python's `configparser`) reads; the name is the text between the brackets.
    package let cli: [INISection]
    /// What Claude Code (JavaScript SDK, `parseIni`) reads; a prefixed name becomes `profile.NAME`.
    package let claude: [INISection]

    /// Sections and settings, those of `[DEFAULT]` in each section, too: 30,000 profiles, which take the AWS CLI seconds.
    static let longest = 200_000

    /// - Throws: if the AWS CLI rejects the whole file. (The JavaScript SDK rejects none, but without the AWS CLI there
    ///   is no sign-in.)
    package init(_ file: ConfigFile) throws(INIError) {
        path = file.path
        guard let bytes = file.bytes else {
            cli = []
            claude = []
            return
        }
        let lines = INILines(of: bytes)
        if String(validating: bytes, as: UTF8.self) == nil {
            let line = lines.first { String(validating: $0.text, as: UTF8.self) == nil }?.number ?? 1
            throw INIError(.notUTF8, ConfigPlace(path: path, line: line))
        }
        var reading = CLIParser(path: path)
        var count = 0
        for line in lines {
            // Blank lines and comments cost nothing.
            if let first = line.text.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") { count += 1 }
            guard count <= INIFile.longest else { throw INIError(.tooLong, ConfigPlace(path: path, line: line.number)) }
            try reading.read(line)
        }
        cli = try reading.finish()
        claude = JavaScriptParser.sections(of: lines, path: path)
    }
}
