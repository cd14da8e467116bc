import SessionHealth

/// The AWS config and credentials file, as both readers see them, and our edits of the first.
enum ConfigSubject {
    static func check(_ input: Input) throws(Violation) {
        let config = ConfigFile(path: "c", bytes: input.text(0))
        let credentials = ConfigFile(path: "k", bytes: input.text(1))
        let reading: AWSConfig
        do {
            try places(config)
            reading = try AWSConfig(config: config, credentials: credentials)
        } catch let error as Violation {
            throw error
        } catch {
            let others = Self.covered(config)
            try requireEqual(Self.error(others, Self.covered(credentials)), "\(error)", "a secret in an error")
            return
        }
        let names = reading.profileNames + ["none"]
        try hidesSecrets(reading, config, credentials, names)
        var edits = ConfigEdits(config: config, credentials: credentials, reading: reading)
        try edits.check(names, input.choices(2))
    }

    private static func error(_ config: ConfigFile, _ credentials: ConfigFile) -> String {
        do {
            _ = try AWSConfig(config: config, credentials: credentials)
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    // MARK: Reading

    /// Each setting is where it says, and line ends count for nothing.
    private static func places(_ config: ConfigFile) throws {
        let bytes = config.bytes ?? []
        let file = try INIFile(config)
        let lines = lines(of: bytes)
        for section in file.cli + file.claude {
            try require(lines.indices.contains(section.place.line - 1), "a section behind the file")
            try require(lines[section.place.line - 1].contains(UInt8(ascii: "[")), "a section where no bracket is")
            let keys = section.settings.map { Array($0.key.utf8) }
            try require(Set(keys).count == keys.count, "a key twice in [\(section.name)]")
            for setting in section.settings {
                try require(lines.indices.contains(setting.place.line - 1), "a setting behind the file")
                let line = String(decoding: lines[setting.place.line - 1], as: UTF8.self).lowercased()
                // In a block it is named after it.
                let isThere = line.contains(setting.key.lowercased()) || setting.key.contains(".")
                try require(isThere, "\(setting.key) is not in line \(setting.place.line)")
                let value = setting.value.split(separator: "\n").first ?? ""
                let isShown = value == "set" || line.contains(value.lowercased())
                try require(isShown, "the value of \(setting.key) is not in line \(setting.place.line)")
            }
        }
        guard !bytes.contains(0x0D) else { return }
        let windows = bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
        let other = try INIFile(ConfigFile(path: "c", bytes: windows))
        try require(other.cli == file.cli && other.claude == file.claude, "CR LF is read otherwise")
        let behind = try INIFile(ConfigFile(path: "c", bytes: bytes + Array("\n\n# a comment = x\n".utf8)))
        try require(behind.cli == file.cli && behind.claude == file.claude, "a comment at the end is read")
    }

    private static func lines(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        for index in bytes.indices where bytes[index] == 0x0A || bytes[index] == 0x0D {
            let isSecond = bytes[index] == 0x0A && index > 0 && bytes[index - 1] == 0x0D
            if !isSecond { lines.append(bytes[start..<index]) }
            start = index + 1
        }
        return start < bytes.count ? lines + [bytes[start...]] : lines
    }

    // MARK: Secrets

    static func covered(_ file: ConfigFile) -> ConfigFile {
        var bytes = file.bytes ?? []
        SecretCover.configuration(&bytes)
        return ConfigFile(path: file.path, bytes: bytes)
    }

    /// Whatever is said of the files, is said of those whose secrets are covered, too.
    private static func hidesSecrets(
        _ reading: AWSConfig, _ config: ConfigFile, _ credentials: ConfigFile, _ names: [String]
    ) throws(Violation) {
        let covered: AWSConfig
        do {
            covered = try AWSConfig(config: Self.covered(config), credentials: Self.covered(credentials))
        } catch {
            throw Violation("not read with its secrets covered: \(error)")
        }
        try requireEqual(covered.profileNames, reading.profileNames, "other profiles without the secrets")
        for name in names.prefix(20) {
            try requireEqual(words(covered, name), words(reading, name), "a secret counts for \(name)")
        }
    }

    /// All that is said of a profile.
    static func words(_ config: AWSConfig, _ profile: String) -> [String] {
        var words = config.differences(for: profile).flatMap { [$0.message, $0.fix] }
        do throws(AWSConfigError) {
            words.append("\(try config.resolve(profile))")
        } catch {
            words += [error.description, error.fix]
        }
        return words + ["\(config.endpoints(of: profile))"]
    }
}
