import SessionHealth

/// What `setup` and `migrate` changed and what was there before, so that it can be taken back: `setup.json`.
package struct SetupRecord: Codable, Equatable {
    package struct File: Codable, Equatable {
        /// The real file, behind any symbolic links.
        package let path: String
        /// Those that were made for it, the deepest first.
        package internal(set) var folders: [String]
        package internal(set) var history: FileHistory
    }

    /// In the order in which they were first changed.
    package internal(set) var files: [File] = []
    /// The commands that were approved with the changes.
    package internal(set) var approved: [String] = []
    /// All of it was taken back. It stays for the case that another program brings our values back.
    package var isUndone = false

    private static let limit = 64 << 20

    /// Reads it; without a file there was nothing.
    /// - Throws: `SystemError`, or `UnreadableRecord`.
    package init(of path: String) throws {
        guard let file = try FileContent(of: path, limit: SetupRecord.limit) else { return }
        if let record = try? JSONCoding.decode(SetupRecord.self, from: file.bytes) {
            self = record
        } else if let first = try? JSONCoding.decode(First.self, from: file.bytes) {
            let history = FileHistory(FileChanges(settings: first.changes))
            files = [File(path: first.settings, folders: [], history: history)]
        } else {
            throw UnreadableRecord(path: path)
        }
    }

    package func write(to path: String) throws(SystemError) {
        try AtomicWrite.write(JSONCoding.encode(self, isPretty: true), to: path)
    }

    /// As version 0.1.0 wrote it.
    private struct First: Codable {
        var settings: String
        var changes: [SettingsEdit.Change]
    }
}
