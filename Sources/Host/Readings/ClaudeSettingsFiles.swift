import Glibc
import SessionHealth

/// Reads Claude Code's settings files on this machine, as the layers that `ClaudeSettings` combines.
package struct ClaudeSettingsFiles: Equatable, Sendable {
    /// The user's `settings.json`, which `setup` edits.
    package let userPath: String
    /// The folder of `managed-settings.json` and `managed-settings.d/`.
    package let managedFolder: String
    private let managedOwner: UInt32

    /// A managed folder outside `/etc` is a test's, and belongs to the user who runs the test.
    package init(environment: [String: String], home: String, managedFolder: String = "/etc/claude-code") {
        // A relative path would depend on the working directory.
        let folder =
            environment[ClaudeVariable.configFolder].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.claude"
        userPath = "\(folder)/settings.json"
        self.managedFolder = managedFolder
        managedOwner = managedFolder == "/etc/claude-code" ? 0 : geteuid()
    }

    /// Reads all layers in Claude Code's order; secrets are covered.
    package func layers() -> [SettingsLayer] {
        let dropIns = "\(managedFolder)/managed-settings.d"
        let names = Folder.names(in: dropIns).filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
        let managed = ["\(managedFolder)/managed-settings.json"] + names.map { "\(dropIns)/\($0)" }
        return managed.map { Self.layer($0, .managed, owner: managedOwner) }
            + [Self.layer(userPath, .user, owner: geteuid())]
    }

    /// The two settings files of the project in this folder.
    package static func projectLayers(in folder: String) -> [SettingsLayer] {
        ["settings.json", "settings.local.json"].map { layer("\(folder)/.claude/\($0)", .project, owner: geteuid()) }
    }

    private static func layer(_ path: String, _ kind: SettingsLayer.Kind, owner: UInt32) -> SettingsLayer {
        do throws(SystemError) {
            let file = try FileContent(of: path, limit: SettingsLayer.largest) { SecretCover.json(&$0) }
            guard let file else {
                return SettingsLayer(path: path, kind: kind, content: .missing)
            }
            return SettingsLayer(
                path: path, kind: kind, content: .bytes(file.bytes), isOwnedAsExpected: file.owner == owner,
                isWritableByOthers: file.isWritableByOthers)
        } catch {
            let content: SettingsLayer.Content = error.number == EFBIG ? .tooLarge : .unreadable(error.reason)
            return SettingsLayer(path: path, kind: kind, content: content)
        }
    }
}
