/// Claude Code's settings on disk, and what has become of those that `setup` wrote.
package struct SettingsOnDisk: Equatable, Sendable {
    package let settings: ClaudeSettings
    /// Nil unless `setup` wrote the user's file.
    package let damage: SettingsDamage?
    /// Another program may be writing the user's file.
    package let isBroken: Bool
    /// What `setup` wrote last into it.
    package let written: [SettingsEdit.Change]
    /// The file that it wrote, with symbolic links resolved.
    package let realPath: String?
    /// What Claude Code shows of ours; nil where the user's file cannot be read.
    let shown: ShownInClaude?
    /// What could not be read, for reasons that may pass.
    package let unread: [UnreadableFile]

    /// - Parameters:
    ///   - layers: the files as `ClaudeSettings` takes them, the user's last.
    ///   - environment: as `ClaudeSettings` takes it.
    ///   - written: what `setup` wrote last into the user's file; empty where it did not.
    ///   - realPath: the file that it wrote.
    package init(
        layers: [SettingsLayer], environment: [String: String], written: [SettingsEdit.Change] = [],
        realPath: String? = nil
    ) {
        settings = ClaudeSettings(layers: layers, environment: environment)
        self.written = written
        self.realPath = realPath
        unread = layers.compactMap { layer in
            if case .unreadable(let file) = layer.content, file.isPassing { file } else { nil }
        }
        let user = layers.last { $0.kind == .user }
        shown = ShownInClaude(layers)
        // One that nobody has written yet lacks nothing.
        isBroken = user.map { $0.isBroken && !(written.isEmpty && $0.content == .missing) } ?? false
        let hasCommand = written.contains { $0.path == SetupKey.command }
        let keys = SettingsEdit.keys(of: written).filter { hasCommand || $0 != SetupKey.command }
        damage =
            written.isEmpty
            ? nil
            : user.flatMap { SettingsDamage(of: $0, among: ClaudeSettings(layers: layers), keys: keys) }
    }

    /// The profile that `setup` wrote.
    package var profileOfSetup: String? {
        if let export = written.last(where: { $0.path == SetupKey.export })?.text {
            return CredentialExport(export)?.profile
        }
        return written.last { $0.path == SetupKey.profile }?.text
    }

    /// The file is as somebody intended it.
    package var isSound: Bool { !isBroken && damage == nil }
}
