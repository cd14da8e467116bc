/// Claude Code's settings as they are on disk now, and what became of those that `setup` wrote.
package struct SettingsOnDisk: Equatable, Sendable {
    package let settings: ClaudeSettings
    /// Only where `setup` wrote the user's file.
    package let damage: SettingsDamage?
    /// The user's file may be in the middle of somebody's write.
    package let isBroken: Bool
    /// What `setup` wrote last into it.
    package let written: [SettingsEdit.Change]
    /// The real file that it wrote, behind any symbolic links.
    package let realPath: String?

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
        let user = layers.last { $0.kind == .user }
        isBroken = user?.isBroken ?? false
        let hasCommand = written.contains { $0.path == SetupKey.command }
        damage =
            written.isEmpty
            ? nil
            : user.flatMap { SettingsDamage(of: $0, among: ClaudeSettings(layers: layers), hasCommand: hasCommand) }
    }

    /// The profile that `setup` wrote.
    package var profileOfSetup: String? {
        guard let change = written.last(where: { $0.path == SetupKey.profile }), let new = change.new else {
            return nil
        }
        let spelling = Array(new.utf8)
        return (try? JSONNode(parsing: spelling.span))?.string(in: spelling.span)
    }

    /// It is as somebody meant it.
    package var isSound: Bool { !isBroken && damage == nil }
}
