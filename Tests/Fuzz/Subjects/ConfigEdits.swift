import SessionHealth

/// Our edits of a config file: they do what they should and nothing else, once more they do nothing, and they can be
/// taken back.
struct ConfigEdits {
    let config: ConfigFile
    let credentials: ConfigFile
    let reading: AWSConfig

    private static let new = NewProfile(
        name: "new", session: "corp", startURL: "https://corp.awsapps.com/start", ssoRegion: "us-east-1",
        accountID: "111122223333", roleName: "Dev", region: "eu-west-1")

    mutating func check(_ names: [String], _ choices: Choices) throws(Violation) {
        var choices = choices
        var profile = Self.new
        profile.name = choices.next(below: 4) == 3 ? choices.next(of: names) : "new"
        if choices.next(below: 3) == 2, let session = reading.sessionNames.first { profile.session = session }
        if let edit = try? edit(config, adding: profile) {
            try holds(edit, leading: profile.name, names)
            try requireEqual(try? self.edit(after(edit), adding: profile).changes, [], "added once more")
            try onlyAdds(edit)
        }
        let old = choices.next(of: names)
        if let edit = try? edit(config, migrating: old) {
            try holds(edit, leading: old, names)
            try requireEqual(try? self.edit(after(edit), migrating: old).changes, [], "migrated once more")
            guard case .sso(let found)? = try? Self.read(after(edit), credentials)?.resolve(old) else {
                throw Violation("a migrated profile does not sign in")
            }
            try require(found.session.hasAccountScope, "a migrated session cannot be refreshed")
        }
    }

    private func edit(_ file: ConfigFile, adding profile: NewProfile) throws(ConfigEdit.Refusal) -> ConfigEdit {
        try ConfigEdit(of: file, credentials: credentials, adding: profile)
    }

    private func edit(_ file: ConfigFile, migrating profile: String) throws(ConfigEdit.Refusal) -> ConfigEdit {
        try ConfigEdit(of: file, credentials: credentials, migrating: profile)
    }

    private func after(_ edit: ConfigEdit) -> ConfigFile { ConfigFile(path: config.path, bytes: edit.bytes) }

    private static func read(_ config: ConfigFile, _ credentials: ConfigFile) -> AWSConfig? {
        try? AWSConfig(config: config, credentials: credentials)
    }

    private func holds(_ edit: ConfigEdit, leading name: String, _ names: [String]) throws(Violation) {
        let bytes = config.bytes ?? []
        try requireEqual(edit.bytes == bytes, edit.changes.isEmpty, "bytes changed without a change, or the reverse")
        guard let after = Self.read(after(edit), credentials) else { throw Violation("the edited file is not read") }
        guard case .sso? = try? after.resolve(name) else { throw Violation("\(name) does not sign in") }
        for other in names where !other.utf8.elementsEqual(name.utf8) && other != "none" {
            // One whose session is missing gets it from us.
            guard let before = kind(of: other, reading) else { continue }
            try requireEqual(kind(of: other, after), before, "\(other) is another profile")
        }
        // By the bytes that were there, and by the lines that were changed.
        var history = FileHistory()
        history.add(edit.done, from: bytes, to: edit.bytes)
        let undone = try? history.undone(of: edit.bytes, path: config.path)
        try requireEqual(undone?.bytes?.shown, bytes.shown, "not undone")
        try requireEqual(undone?.left, [], "left alone")
        // A session stays that another profile names; it may have been missing before.
        let sections = (try? INIFile(config))?.cli ?? []
        guard !sections.contains(where: { $0["sso_session"] == edit.session }) else { return }
        guard let lines = try? FileHistory(edit.done).undone(of: edit.bytes, path: config.path) else {
            throw Violation("not undone line by line")
        }
        try requireEqual(lines.left, [], "left alone, line by line")
        let again = ConfigFile(path: config.path, bytes: lines.bytes)
        try requireEqual(settings(again), settings(config), "undone line by line")
    }

    /// How a profile gets its credentials, whatever lines that stands in.
    private func kind(of name: String, _ config: AWSConfig) -> String? {
        do throws(AWSConfigError) {
            guard case .sso(let found) = try config.resolve(name) else { return "no session" }
            // A session that is shared may be migrated with it.
            return "\(found.session.startURL) \(found.session.region) \(found.accountID) \(found.roleName)"
        } catch {
            return nil
        }
    }

    /// What is undone line by line may stand in another order.
    private func settings(_ file: ConfigFile) -> [[String]]? {
        (try? INIFile(file)).map { file in
            (file.cli + file.claude).map { [$0.name] + $0.settings.map { "\($0.key) = \($0.value)" }.sorted() }
        }
    }

    /// What is there stays in front, byte for byte.
    private func onlyAdds(_ edit: ConfigEdit) throws(Violation) {
        guard edit.changes.allSatisfy(\.addsSection) else { return }
        try require(edit.bytes.starts(with: config.bytes ?? []), "an addition changed what was there")
    }
}
