import SessionHealth

/// What `setup` and `migrate` changed and what was there before, so that it can be taken back: `setup.json`.
package struct SetupRecord: Codable, Equatable {
    package struct File: Codable, Equatable {
        /// The real file, behind any symbolic links.
        package let path: String
        /// How it was called.
        package internal(set) var name: String
        /// Those that were made for it, the deepest first.
        package internal(set) var folders: [String]
        package internal(set) var history: FileHistory

        /// Bytes that it may have. The limit of settings is Claude Code's; a config file may be longer.
        package var limit: Int { history.settings.isEmpty ? AWSFiles.limit : SettingsLayer.largest }

        /// The real files to look at: that one, and the one that has its name now. Programs have been seen to put a
        /// plain file in the place of a link.
        package var places: [String] {
            let present = (try? AtomicWrite.realPath(of: name)) ?? path
            return present == path ? [path] : [path, present]
        }

        /// Nothing of ours is in one of its places.
        func isUndone(in place: String) -> Bool {
            do {
                let bytes = try FileContent(of: place, limit: limit)?.bytes
                return try history.undone(of: bytes, path: place).bytes == bytes
            } catch {
                return false
            }
        }
    }

    /// In the order in which they were first changed.
    package internal(set) var files: [File] = []
    /// The commands that were approved with the changes.
    package internal(set) var approved: [String] = []
    /// All of it was taken back. It stays for the case that another program brings our values back.
    package internal(set) var isUndone = false

    private static let limit = 64 << 20

    /// Reads it; without a file there was nothing.
    /// - Parameter covering: as of `FileContent`.
    /// - Throws: `SystemError`, or `UnreadableRecord`.
    package init(of path: String, covering: (inout [UInt8]) -> Void = { _ in }) throws {
        guard let bytes = try SetupRecord.bytes(of: path, covering: covering) else { return }
        if let record = try? JSONCoding.decode(SetupRecord.self, from: bytes) {
            self = record
        } else if let first = try? JSONCoding.decode(First.self, from: bytes) {
            let history = FileHistory(FileChanges(settings: first.changes))
            files = [File(path: first.settings, name: first.settings, folders: [], history: history)]
            approved = first.changes.compactMap(\.command)
        } else {
            throw UnreadableRecord(path: path)
        }
    }

    /// What can be found out without a record. Empty where nothing is ours beyond doubt.
    package init(withoutRecordOf paths: Paths, environment: [String: String]) throws {
        let path = paths.userSettings
        let settings = SharedFile(path, limit: SettingsLayer.largest, stateFolder: paths.stateFolder)
        guard let bytes = try settings.read()?.bytes else { return }
        let setup = UnrecordedSetup(
            in: bytes, config: try? AWSFiles(environment: environment, home: paths.home).config(),
            backups: settings.backups.newestFirst())
        guard let command = setup.command else { return }
        let history = FileHistory(FileChanges(settings: setup.changes))
        files = [File(path: try AtomicWrite.realPath(of: path), name: path, folders: [], history: history)]
        approved = [command]
    }

    /// The file as it is; nil without one.
    /// - Parameter covering: as of `FileContent`.
    package static func bytes(
        of path: String, covering: (inout [UInt8]) -> Void = { _ in }
    ) throws(SystemError) -> [UInt8]? {
        try FileContent(of: path, limit: limit, covering: covering)?.bytes
    }

    /// Whether the file still says what it said when it had these bytes, or somebody has taken it all back meanwhile.
    package static func isAsRead(_ bytes: [UInt8]?, at path: String) throws -> Bool {
        try SetupRecord.bytes(of: path) == bytes || SetupRecord(of: path).isUndone
    }

    package var isEmpty: Bool { files.isEmpty && approved.isEmpty }

    package func write(to path: String) throws(SystemError) {
        try AtomicWrite.write(JSONCoding.encode(self, isPretty: true), to: path)
    }

    /// As version 0.1.0 wrote it.
    private struct First: Codable {
        var settings: String
        var changes: [SettingsEdit.Change]
    }
}
