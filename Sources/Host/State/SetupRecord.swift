import SessionHealth

/// What `setup` and `migrate` changed, and the previous content, for undoing it: `setup.json`.
package struct SetupRecord: Codable, Equatable {
    package struct File: Codable, Equatable {
        /// The real file, behind any symbolic links.
        package let path: String
        /// The path under which it was edited.
        package internal(set) var name: String
        /// Folders that were created for it, deepest first.
        package internal(set) var folders: [String]
        package internal(set) var history: FileHistory
        /// It was undone by itself: another folder of Claude Code's is still set up.
        package internal(set) var isUndone: Bool?

        /// Its maximum size in bytes. Claude Code limits settings; a config file may be longer.
        package var limit: Int { history.settings.isEmpty ? AWSFiles.limit : SettingsLayer.largest }

        /// The real files to check: the one that was edited, and the one that has its name now. Some programs replace a
        /// symbolic link with a plain file.
        package var places: [String] {
            let present = (try? AtomicWrite.realPath(of: name)) ?? name
            return present == path ? [path] : [path, present]
        }

        /// None of our changes is left at this path: what is there now, somebody else wrote.
        func holdsNothing(in place: String) -> Bool {
            do {
                let bytes = try FileContent(of: place, limit: limit)?.bytes
                if let bytes, !history.settings.isEmpty {
                    return try !SettingsEdit.hasValues(of: history.settings, in: bytes, path: place)
                }
                return try history.undone(of: bytes, path: place).bytes == bytes
            } catch {
                return false
            }
        }
    }

    /// In the order of their first change.
    package internal(set) var files: [File] = []
    /// The commands that were approved along with the changes.
    package internal(set) var approved: [String] = []
    /// Everything was undone. The record is kept in case another program restores our values.
    package internal(set) var isUndone = false

    private static let limit = 64 << 20

    private init() {}

    /// Reads the record; without a file, it is empty.
    /// - Parameter covering: see `FileContent`.
    /// - Throws: `SystemError`, or `UnreadableRecord`.
    package init(of path: String, covering: (inout [UInt8]) -> Void = { _ in }) throws {
        guard let bytes = try SetupRecord.bytes(of: path, covering: covering) else { return }
        self = try SetupRecord.parsing(bytes, of: path)
    }

    private static func parsing(_ bytes: [UInt8], of path: String) throws(UnreadableRecord) -> SetupRecord {
        if let record = try? JSONCoding.decode(SetupRecord.self, from: bytes) { return record }
        guard let first = try? JSONCoding.decode(First.self, from: bytes) else { throw UnreadableRecord(path: path) }
        var record = SetupRecord()
        let history = FileHistory(FileChanges(settings: first.changes))
        record.files = [File(path: first.settings, name: first.settings, folders: [], history: history)]
        record.approved = first.changes.compactMap(\.command)
        return record
    }

    /// Reconstructs what it can without a record. Empty unless a change is certainly ours.
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

    /// Reads the file; nil if it does not exist.
    /// - Parameter covering: see `FileContent`.
    package static func bytes(
        of path: String, covering: (inout [UInt8]) -> Void = { _ in }
    ) throws(SystemError) -> [UInt8]? {
        try FileContent(of: path, limit: limit, covering: covering)?.bytes
    }

    /// Whether the file is unchanged since these bytes were read, or everything was undone meanwhile.
    package static func isAsRead(_ bytes: [UInt8]?, at path: String) throws -> Bool {
        try SetupRecord.bytes(of: path) == bytes || SetupRecord(of: path).isUndone
    }

    package var isEmpty: Bool { files.isEmpty && approved.isEmpty }

    /// What a later version has put into it stays in it; one that cannot be read is set aside.
    package func write(to path: String) throws(SystemError) {
        let known = try SetupRecord.bytes(of: path)
        let read = known.flatMap { try? JSONCoding.decode(SetupRecord.self, from: $0) }
        if let known, read == nil {
            do { _ = try SetupRecord.parsing(known, of: path) } catch { error.setAside() }
        }
        try AtomicWrite.write(UnknownMembers.kept(in: self, from: known, read: read), to: path)
    }

    /// The format of version 0.1.0.
    private struct First: Codable {
        var settings: String
        var changes: [SettingsEdit.Change]
    }
}
