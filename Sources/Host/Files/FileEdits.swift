import FoundationEssentials
import Glibc
import SessionHealth

/// Edits of the files of others, with a record by which `reset` takes them back.
///
/// The record is written first: a crash in between leaves no change behind that nobody knows of, and the note of a
/// change that was not made does no harm.
package struct FileEdits {
    private let stateFolder: String
    private let recordPath: String
    private let approvals: Approvals

    package init(_ paths: Paths) {
        stateFolder = paths.stateFolder
        recordPath = paths.setupRecord
        approvals = Approvals(path: paths.approvals)
    }

    /// Edits a file by what `edit` makes of its bytes (nil without a file), which may be asked more than once.
    /// - Parameter limit: as of `SharedFile`.
    /// - Returns: what became of the file, and the edit that did it.
    /// - Throws: `SystemError`, `UnreadableRecord`, or what `edit` threw; nothing was changed then.
    package func apply<Edit: FileEdit>(
        to path: String, limit: Int, at now: Date, _ edit: ([UInt8]?) throws -> Edit
    ) throws -> (outcome: SharedFile.Outcome, edit: Edit) {
        try Folder.makePrivate(stateFolder)
        // The record is read in other folders.
        let path = try Folder.absolute(path)
        let target = try AtomicWrite.realPath(of: path)
        let folders = Folder.missing(Folder.holding(target))
        var made: Edit?
        var known: SetupRecord?
        let outcome = try SharedFile(path, limit: limit, stateFolder: stateFolder).replace(at: now) { bytes in
            let edit = try edit(bytes)
            made = edit
            guard !edit.done.isEmpty else { return bytes }
            var record = try known ?? current()
            known = record
            let index = record.index(of: target, named: path, folders)
            record.files[index].history.add(edit.done, from: bytes, to: edit.bytes)
            try record.write(to: recordPath)
            return edit.bytes
        }
        guard let made else { throw SystemError("edit", path, EBUSY) }
        return (outcome, made)
    }

    /// Approves a command that was written, and notes it.
    package func approve(_ command: String) throws {
        try Folder.makePrivate(stateFolder)
        let lock = try FileLock(SharedFile.lock(in: stateFolder))
        defer { lock.release() }
        var record = try current()
        if !record.approved.contains(command) {
            record.approved.append(command)
            try record.write(to: recordPath)
        }
        try approvals.approve(command)
    }

    /// The record to add to: what was taken back is history, unless another program has brought it back since.
    private func current() throws -> SetupRecord {
        var record = try SetupRecord(of: recordPath)
        if record.isUndone { record.restart() }
        return record
    }

    /// Takes back what was done to a file, in one of its places.
    /// - Returns: what stays as somebody else has it now.
    /// - Throws: a `SystemError`, or why the file cannot be edited as it is.
    package func undo(_ file: SetupRecord.File, in place: String, at now: Date) throws -> [String] {
        var left: [String] = []
        let outcome = try SharedFile(place, limit: file.limit, stateFolder: stateFolder).replace(at: now) { bytes in
            let undone = try file.history.undone(of: bytes, path: place)
            left = undone.left
            return undone.bytes
        }
        // Only those go that nobody uses.
        if outcome.isChanged, access(outcome.target, F_OK) != 0 { for folder in file.folders { rmdir(folder) } }
        return left
    }

    /// Notes that all of a record was taken back, unless the file is not that any more which it was read from.
    /// - Parameter bytes: of that file; nil without one.
    /// - Returns: whether it is noted.
    package func noteUndone(_ record: SetupRecord, from bytes: [UInt8]?) throws -> Bool {
        try Folder.makePrivate(stateFolder)
        let lock = try FileLock(SharedFile.lock(in: stateFolder))
        defer { lock.release() }
        guard try SetupRecord.isAsRead(bytes, at: recordPath) else { return false }
        var record = record
        record.isUndone = true
        try record.write(to: recordPath)
        return true
    }
}

extension SetupRecord {
    /// Where a file is in `files`, with the folders that are made for it.
    fileprivate mutating func index(of path: String, named name: String, _ folders: [String]) -> Int {
        let index = files.firstIndex { $0.path == path } ?? files.count
        if index == files.count { files.append(File(path: path, name: name, folders: [], history: FileHistory())) }
        files[index].name = name
        for folder in folders where !files[index].folders.contains(folder) { files[index].folders.append(folder) }
        return index
    }

    fileprivate mutating func restart() {
        files.removeAll { file in file.places.allSatisfy { file.isUndone(in: $0) } }
        approved = []
        isUndone = false
    }
}
