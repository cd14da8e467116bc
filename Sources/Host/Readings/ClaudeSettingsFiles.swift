import Glibc
import SessionHealth

/// Reads Claude Code's settings files on this machine, as the layers that `ClaudeSettings` combines.
package struct ClaudeSettingsFiles: Equatable, Sendable {
    /// `CLAUDE_CONFIG_DIR`, else `~/.claude`.
    package let folder: String
    /// The user's `settings.json`, which `setup` edits.
    package let userPath: String
    /// Claude Code's own state, whose `env` counts, too: `.claude.json`, or an older version's `.config.json` where that
    /// is there.
    package let statePath: String
    /// The folder of `managed-settings.json` and `managed-settings.d/`.
    package let managedFolder: String
    private let managedOwner: UInt32

    /// A managed folder outside `/etc` is a test's, and belongs to the user who runs the test.
    package init(environment: [String: String], home: String, managedFolder: String = "/etc/claude-code") {
        // A relative one would lead into whatever project the command is run in.
        let named = environment[ClaudeVariable.configFolder].flatMap { $0.hasPrefix("/") ? Folder.plain($0) : nil }
        folder = named ?? "\(home)/.claude"
        userPath = "\(folder)/settings.json"
        let older = "\(folder)/.config.json"
        statePath = access(older, F_OK) == 0 ? older : "\(named ?? home)/.claude.json"
        self.managedFolder = managedFolder
        managedOwner = managedFolder == "/etc/claude-code" ? 0 : geteuid()
    }

    /// Reads them all: the managed ones in the order in which Claude Code does, the user's, the state file.
    /// - Parameter covering: overwrites secrets in what was read.
    package func layers(
        covering: (inout [UInt8]) -> Void = { SecretCover.json(&$0) }
    ) -> [SettingsLayer] {
        let dropIns = "\(managedFolder)/managed-settings.d"
        var names: [String] = []
        var unlisted: [SettingsLayer] = []
        do throws(SystemError) {
            names = try Folder.entries(of: dropIns).filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
        } catch  where error.isPassing {
            unlisted = [SettingsLayer(path: dropIns, kind: .managed, content: .unreadable(UnreadableFile(error)))]
        } catch {
            // No folder of ours to read.
        }
        let managed = ["\(managedFolder)/managed-settings.json"] + names.map { "\(dropIns)/\($0)" }
        return managed.map { Self.layer($0, .managed, owner: managedOwner, covering) } + unlisted + [
            Self.layer(userPath, .user, owner: geteuid(), covering),
            Self.layer(statePath, .state, owner: geteuid(), limit: Self.largestState, covering),
        ]
    }

    /// Claude Code keeps a history of every project in it.
    private static let largestState = 64 << 20

    /// The two files of a project whose folder this is.
    package static func projectLayers(in folder: String) -> [SettingsLayer] {
        ["settings.json", "settings.local.json"].map {
            layer("\(folder)/.claude/\($0)", .project, owner: geteuid()) { SecretCover.json(&$0) }
        }
    }

    private static func layer(
        _ path: String, _ kind: SettingsLayer.Kind, owner: UInt32, limit: Int = SettingsLayer.largest,
        _ covering: (inout [UInt8]) -> Void
    ) -> SettingsLayer {
        do throws(SystemError) {
            let file = try FileContent(of: path, limit: limit, covering: covering)
            guard let file else {
                return SettingsLayer(path: path, kind: kind, content: .missing)
            }
            var layer = SettingsLayer(
                path: path, kind: kind, content: .bytes(file.bytes),
                isOwnedAsExpected: file.owner == owner || file.owner == 0, isWritableByOthers: file.isWritableByOthers)
            layer.replaceableIn = FileOwnership.placeOfOthers(onTheWayTo: path)
            return layer
        } catch {
            let content: SettingsLayer.Content = error.number == EFBIG ? .tooLarge : .unreadable(UnreadableFile(error))
            return SettingsLayer(path: path, kind: kind, content: content)
        }
    }
}
