// One AWS configuration or credentials file, read twice over the same lines: as the AWS CLI reads it, and as the
// JavaScript SDK in Claude Code does. The two disagree about comments, quotes, colons and more (ReadingDifferences).

/// A configuration file, or its absence.
package struct ConfigFile: Hashable, Sendable {
    /// As messages should name it.
    package var path: String
    /// Nil where there is no such file, which is no error.
    package var bytes: [UInt8]?

    package init(path: String, bytes: [UInt8]?) {
        self.path = path
        self.bytes = bytes
    }
}

/// The sections of one file in both readings, in the order of the file.
package struct INIFile: Sendable {
    package let path: String
    /// What the AWS CLI (botocore, Python's `configparser`) reads; names are what stands between the brackets.
    package let cli: [INISection]
    /// What Claude Code (JavaScript SDK, `parseIni`) reads; a prefixed name becomes `profile.NAME`.
    package let claude: [INISection]

    /// - Throws: where the AWS CLI refuses the whole file. (JavaScript refuses none, but a file that only it can read
    ///   cannot be signed in to.)
    package init(_ file: ConfigFile) throws(INIError) {
        path = file.path
        guard let bytes = file.bytes else {
            cli = []
            claude = []
            return
        }
        let lines = INIText.lines(of: bytes)
        if String(validating: bytes, as: UTF8.self) == nil {
            let line = lines.first { String(validating: $0.text, as: UTF8.self) == nil }?.number ?? 1
            throw INIError(.notUTF8, ConfigPlace(path: path, line: line))
        }
        var reading = CLIParser(path: path)
        for line in lines { try reading.read(line) }
        cli = try reading.finish()
        claude = JavaScriptParser.sections(of: lines, path: path)
    }
}
