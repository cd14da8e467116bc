import SessionHealth

/// Claude Code's settings as they are on disk now, and what became of those that `setup` wrote.
package struct SettingsOnDisk {
    package let settings: ClaudeSettings
    /// Only where `setup` wrote the user's file.
    package let damage: SettingsDamage?
    /// The user's file may be in the middle of somebody's write.
    let isBroken: Bool
    /// What `setup` wrote last into it.
    package let written: [SettingsEdit.Change]
    /// The real file that it wrote, behind any symbolic links.
    package let realPath: String?

    /// - Parameter user: the bytes to take for those of the user's file, instead of what is on disk.
    package init(paths: Paths, environment: [String: String], user: [UInt8]?? = nil) {
        var layers = ClaudeSettingsFiles(
            environment: environment, home: paths.home, managedFolder: paths.managedFolder
        ).layers()
        let last = layers.count - 1
        if let user { layers[last].content = user.map { .bytes($0) } ?? .missing }
        settings = ClaudeSettings(layers: layers, environment: environment)
        let record = SetupRecord.settings(paths)
        written = record?.written ?? []
        realPath = record?.path
        isBroken = layers[last].isBroken
        let hasCommand = written.contains { $0.path == SetupKey.command }
        damage =
            written.isEmpty
            ? nil
            : SettingsDamage(of: layers[last], among: ClaudeSettings(layers: layers), hasCommand: hasCommand)
    }

    /// The profile that `setup` wrote.
    package var profileOfSetup: String? {
        guard let change = written.last(where: { $0.path.last == "AWS_PROFILE" }), let new = change.new else {
            return nil
        }
        let spelling = Array(new.utf8)
        return (try? JSONNode(parsing: spelling.span))?.string(in: spelling.span)
    }

    /// It is as somebody meant it.
    package var isSound: Bool { !isBroken && damage == nil }
}
