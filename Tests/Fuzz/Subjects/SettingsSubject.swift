import SessionHealth

/// Claude Code's settings: read with the other files, edited, undone, repaired, and shown as a difference.
enum SettingsSubject {
    static func check(_ input: Input) throws(Violation) {
        let user = input.text(0)
        let managed = input.text(1)
        let name = input.string(2)
        try reading(user, managed)
        try edit(user, name.isEmpty ? "work" : name)
        try repair(user, copy: managed)
    }

    private static func layer(_ bytes: [UInt8], _ kind: SettingsLayer.Kind) -> SettingsLayer {
        SettingsLayer(path: "/\(kind)", kind: kind, content: bytes.isEmpty ? .missing : .bytes(bytes))
    }

    private static func read(_ user: [UInt8], _ managed: [UInt8]) -> ClaudeSettings {
        ClaudeSettings(layers: [layer(managed, .managed), layer(user, .user), layer(managed, .state)])
    }

    // MARK: Reading

    private static func reading(_ user: [UInt8], _ managed: [UInt8]) throws(Violation) {
        let settings = read(user, managed)
        // A proxy's password is used, and never said.
        var (coveredUser, coveredManaged) = (user, managed)
        SecretCover.json(&coveredUser, showsProxies: true)
        SecretCover.json(&coveredManaged, showsProxies: true)
        try requireEqual(coveredUser.count, user.count, "covered at another length")
        let covered = read(coveredUser, coveredManaged)
        try requireEqual(words(covered), words(settings), "a secret counts")
        for problem in settings.problems {
            try require(!problem.fix.isEmpty, "no fix")
        }
        let damage = SettingsDamage(of: layer(user, .user), among: settings)
        try requireEqual(SettingsDamage(of: layer(coveredUser, .user), among: covered), damage, "a secret is damage")
    }

    /// What is said of settings. (Not the model: where its text looks like a secret, it is covered.)
    private static func words(_ settings: ClaudeSettings) -> [String] {
        settings.problems.map(\.description) + [
            "\(settings.usesBedrock) \(settings.profile) \(settings.region as Any)",
            "\(settings.bearerToken as Any) \(settings.accessKeys as Any) \(settings.otherProvider as Any)",
        ]
    }

    // MARK: Edits

    private static func edit(_ user: [UInt8], _ name: String) throws(Violation) {
        let quoted = ShellWords.split(ShellWords.quoted(name))?.map { Array($0.utf8) }
        try requireEqual(quoted, [Array(name.utf8)], "a quoted word is another")
        let command = "aws sso login --profile \(ShellWords.quoted(name))"
        func edit(_ bytes: [UInt8]) throws(SettingsEdit.Refusal) -> SettingsEdit {
            try SettingsEdit(
                of: bytes, path: "s", profile: name, region: "us-west-2", model: "m", command: command,
                showsState: true)
        }
        guard let first = try? edit(user) else { return }
        guard let again = try? edit(first.bytes) else { throw Violation("not edited once more: \(first.bytes.shown)") }
        try requireEqual(again.changes, [], "edited once more")
        let settings = read(first.bytes, [])
        try requireEqual(Array(settings.profile.value.utf8), Array(name.utf8), "another profile than was written")
        try require(settings.usesBedrock.value, "Bedrock is not used")
        try requireEqual(settings.awsAuthRefresh?.value.line, command, "another command")
        var history = FileHistory()
        history.add(first.done, from: user, to: first.bytes)
        let undone = try? history.undone(of: first.bytes, path: "s")
        try requireEqual(undone?.bytes?.shown, user.shown, "not undone")
        try byKeys(first, user)
        try difference(user, first.bytes)
    }

    /// Undone value by value, the values are those that were there.
    private static func byKeys(_ edit: SettingsEdit, _ user: [UInt8]) throws(Violation) {
        guard let undone = try? SettingsEdit(undoing: edit.changes, in: edit.bytes, path: "s") else {
            throw Violation("not undone value by value")
        }
        try requireEqual(undone.left, [], "left alone")
        guard let before = try? JSONDocument(parsing: user), let after = try? JSONDocument(parsing: undone.bytes) else {
            return
        }
        let model = JSONModel(before.root, in: user)
        // Of a name that stands twice, only one value is known to be ours.
        guard model.hasDistinctNames else { return }
        try requireEqual(JSONModel(after.root, in: undone.bytes), model, "undone value by value")
    }

    /// The difference shows no secret, and is none between equal files.
    private static func difference(_ old: [UInt8], _ new: [UInt8]) throws(Violation) {
        try require(TextDiff(from: old, to: old).lines.isEmpty, "a file differs from itself")
        let shown = TextDiff(from: old, to: new)
        try requireEqual(shown.lines.isEmpty, old == new, "whether it differs")
        let secrets = secrets(in: old, without: new)
        for line in TextDiff(from: old, to: new, width: 100_000).lines + shown.lines {
            try require(line.text == line.text.printable, "control characters: \(line.text)")
            let text = Array(line.text.utf8)
            for secret in secrets { try require(!text.holds(secret), "a secret in the difference: \(line.text)") }
        }
    }

    /// The beginnings of those that stand nowhere but where a secret is.
    private static func secrets(in bytes: [UInt8], without other: [UInt8]) -> [[UInt8]] {
        var covered = bytes
        SecretCover.json(&covered)
        var shown = other
        SecretCover.json(&shown)
        let runs = bytes.indices.split { bytes[$0] == covered[$0] }
        return runs.filter { $0.count >= 8 }.map { Array(bytes[$0.startIndex..<($0.startIndex + 8)]) }
            .filter { !covered.holds($0) && !shown.holds($0) }
    }

    // MARK: Repair

    private static func repair(_ user: [UInt8], copy: [UInt8]) throws(Violation) {
        guard let damage = SettingsDamage(of: layer(user, .user), among: read(user, [])) else { return }
        let written = SetupKey.all.map { SettingsEdit.Change(path: $0, old: nil, new: "\"1\"") }
        guard
            let repaired = try? SettingsRepair(
                damage, of: user, written: written, copy: .init(bytes: copy, hasOurs: true))
        else { return }
        guard let document = try? JSONDocument(parsing: repaired.bytes) else {
            throw Violation("the repaired file is no JSON: \(repaired.bytes.shown)")
        }
        try requireEqual(repaired.unknown, [], "a recorded value is unknown")
        for item in repaired.items {
            try requireEqual(document.spelling(at: item.key), item.spelling, "what was restored at \(item.key)")
        }
    }
}
