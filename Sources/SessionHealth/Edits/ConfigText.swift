/// A config file being edited: its text, and how both readers read it together with the credentials file.
struct ConfigText {
    let file: ConfigFile
    let aws: AWSConfig
    private let credentials: ConfigFile
    private let document: INIDocument
    private var replacements: [Int: [String]] = [:]
    private var added: [[String]] = []
    private var changes: [ConfigEdit.Change] = []

    init(_ file: ConfigFile, _ credentials: ConfigFile) throws(ConfigEdit.Refusal) {
        self.file = file
        self.credentials = credentials
        aws = try Self.read(file, credentials)
        document = INIDocument(file.bytes ?? [], path: file.path)
    }

    private static func read(_ file: ConfigFile, _ credentials: ConfigFile) throws(ConfigEdit.Refusal) -> AWSConfig {
        do throws(INIError) {
            return try AWSConfig(config: file, credentials: credentials)
        } catch {
            throw ConfigEdit.Refusal(error)
        }
    }

    // MARK: Changes (each affects other lines)

    /// Replaces these settings of a section with one line, at the place of the first one.
    mutating func replace(_ settings: [INISetting], of title: String, with key: String, _ value: String) {
        let new = document.line(key, value, like: settings[0])
        let numbers = settings.map(\.place.line)
        for number in numbers { replacements[number] = number == numbers[0] ? [new] : [] }
        changes.append(
            ConfigEdit.Change(section: title, old: numbers.sorted().map { document.line($0) }, new: [new]))
    }

    /// Adds a line below a setting's line.
    mutating func add(_ key: String, _ value: String, below setting: INISetting, of title: String) {
        let new = document.line(key, value, like: setting)
        let number = setting.place.line
        replacements[number] = [document.line(number), new]
        changes.append(ConfigEdit.Change(section: title, old: [], new: [new]))
    }

    /// Adds a section at the end; the spacing of its lines is copied from a setting.
    mutating func append(_ title: String, _ settings: [(key: String, value: String)], like setting: INISetting? = nil) {
        let lines = settings.map { key, value in
            guard let setting else { return "\(key) = \(value)" }
            return String(document.line(key, value, like: setting).drop { $0 == " " || $0 == "\t" })
        }
        changes += lines.map { ConfigEdit.Change(section: title, old: [], new: [$0], addsSection: true) }
        added.append(["[\(title == "profile default" ? "default" : title)]"] + lines)
    }

    // MARK: Result

    private var bytes: [UInt8] {
        var edited = document
        edited.replace(replacements)
        for section in added { edited.append(section) }
        return edited.bytes
    }

    /// The edit, if both readers then find these settings for the profile. `wanted.name` is the last profile of its
    /// chain.
    func edit(leading profile: String, to wanted: NewProfile) throws(ConfigEdit.Refusal) -> ConfigEdit {
        let bytes = bytes
        let after = try Self.read(ConfigFile(path: file.path, bytes: bytes), credentials)
        let found: ProfileKind
        do throws(AWSConfigError) {
            found = try after.resolve(profile)
        } catch {
            throw ConfigEdit.Refusal(error)
        }
        guard case .sso(let found) = found, wanted.isReached(by: found) else {
            throw disagreement(profile, after, reader: "the AWS CLI")
        }
        guard wanted.isReached(in: after.claude) else { throw disagreement(profile, after, reader: "Claude Code") }
        return ConfigEdit(bytes: bytes, changes: changes, session: wanted.session)
    }

    private func disagreement(_ profile: String, _ after: AWSConfig, reader: String) -> ConfigEdit.Refusal {
        if let difference = (aws.differences(for: profile) + after.differences(for: profile)).first {
            return ConfigEdit.Refusal(reason: difference.message, fix: difference.fix)
        }
        return ConfigEdit.Refusal(
            reason: "\(reader) would not read the changed \(file.path) as intended",
            fix: "Use aws configure sso --profile \(ShellWords.quoted(profile)), and enter an SSO session name.")
    }
}
