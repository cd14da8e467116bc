/// An edit of a list in our own `config.json`: what is guarded beside the session of `~/.claude`.
package struct OwnListEdit: FileEdit {
    package enum List: String, Sendable {
        /// Profiles that other programs use.
        case profiles
        /// More of Claude Code's folders.
        case claudeFolders
    }

    /// The whole file after the edit; identical if nothing changes.
    package private(set) var bytes: [UInt8]
    private var changes: [SettingsEdit.Change] = []
    /// What the list names afterwards.
    package private(set) var names: [String] = []

    package var done: FileChanges { FileChanges(settings: changes) }

    /// - Parameters:
    ///   - bytes: the current file, or nil.
    ///   - path: of the file, for messages.
    ///   - name: a profile, or the folder whose `settings.json` was set up or is undone.
    ///   - isGuarded: whether it is in the list afterwards.
    /// - Throws: what is wrong with the file.
    package init(
        _ list: List, of bytes: [UInt8]?, path: String, name: String, isGuarded: Bool
    ) throws(SettingsEdit.Refusal) {
        let isNew = bytes?.allSatisfy { JSONScanner.isSpace($0) } ?? true
        self.bytes = bytes ?? []
        do throws(JSONError) {
            var document = try JSONDocument(parsing: isNew ? Array("{}\n".utf8) : self.bytes)
            let key = [list.rawValue]
            let elements = document.node(at: key)?.elements ?? []
            names = elements.compactMap { $0.string(in: document.bytes.span) }
            guard names.containsSpelled(name) != isGuarded else { return }
            names = isGuarded ? names + [name] : names.filter { !$0.isSpelled(as: name) }
            let old = document.spelling(at: key)
            if names.isEmpty {
                try document.remove(at: key)
            } else {
                let spellings = names.map { String(decoding: JSONString.encode($0), as: UTF8.self) }
                try document.set(spelling: "[\(spellings.joined(separator: ", "))]", at: key)
            }
            self.bytes = document.bytes
            changes = [SettingsEdit.Change(path: key, old: old, new: document.spelling(at: key))]
        } catch {
            throw SettingsEdit.refusal(error, path: path)
        }
    }
}
