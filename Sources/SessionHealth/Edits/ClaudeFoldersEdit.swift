/// An edit of `claudeFolders` in our own `config.json`: which of Claude Code's folders are guarded beside `~/.claude`.
package struct ClaudeFoldersEdit: FileEdit {
    private static let key = ["claudeFolders"]

    /// The whole file after the edit; identical if nothing changes.
    package private(set) var bytes: [UInt8]
    private var changes: [SettingsEdit.Change] = []
    /// The folders that are named afterwards.
    package private(set) var folders: [String] = []

    package var done: FileChanges { FileChanges(settings: changes) }

    /// - Parameters:
    ///   - bytes: the current file, or nil.
    ///   - path: of the file, for messages.
    ///   - folder: whose `settings.json` was set up or is undone.
    ///   - isGuarded: whether it is in the list afterwards.
    /// - Throws: what is wrong with the file.
    package init(
        of bytes: [UInt8]?, path: String, folder: String, isGuarded: Bool
    ) throws(SettingsEdit.Refusal) {
        let isNew = bytes?.allSatisfy { JSONScanner.isSpace($0) } ?? true
        self.bytes = bytes ?? []
        do throws(JSONError) {
            var document = try JSONDocument(parsing: isNew ? Array("{}\n".utf8) : self.bytes)
            let elements = document.node(at: Self.key)?.elements ?? []
            folders = elements.compactMap { $0.string(in: document.bytes.span) }
            guard folders.contains(folder) != isGuarded else { return }
            folders = isGuarded ? folders + [folder] : folders.filter { $0 != folder }
            let old = document.spelling(at: Self.key)
            if folders.isEmpty {
                try document.remove(at: Self.key)
            } else {
                let names = folders.map { String(decoding: JSONString.encode($0), as: UTF8.self) }
                try document.set(spelling: "[\(names.joined(separator: ", "))]", at: Self.key)
            }
            self.bytes = document.bytes
            changes = [SettingsEdit.Change(path: Self.key, old: old, new: document.spelling(at: Self.key))]
        } catch {
            throw SettingsEdit.refusal(error, path: path)
        }
    }
}
