import FoundationEssentials
import Glibc
import SessionHealth

/// Edits other programs' files and records the changes, so that `reset` can undo them.
///
/// The record is written before the file: after a crash in between, it may list a change that was not made, which is
/// harmless, but no change is missing from it.
package struct FileEdits {
    private let stateFolder: String
    private let recordPath: String
    private let temporaryFolder: String
    private let caches: [String]
    private let approvals: Approvals

    package init(_ paths: Paths) {
        stateFolder = paths.stateFolder
        recordPath = paths.setupRecord
        temporaryFolder = paths.temporaryFolder
        caches = [paths.tokenCache, paths.roleCache]
        approvals = Approvals(path: paths.approvals)
    }

    /// Removes what writers that were killed left behind: in the folder of temporary files, in AWS's caches, beside the
    /// files that the record names, and in our own folders. While one of ours is at work, the latter two are left to the
    /// next.
    /// - Parameter isPatient: looks also among the temporary files of all programs, which may be many, and keeps what other
    ///   programs wrote in the moment when one of ours was killed.
    package func sweep(isPatient: Bool = true) {
        if isPatient { ScratchFolder.sweep(in: temporaryFolder) }
        for cache in caches { Leftovers.sweep(cache: cache) }
        guard access(stateFolder, F_OK) == 0,
            let lock = try? FileLock(SharedFile.lock(in: stateFolder), .none)
        else { return }
        defer { lock.release() }
        // Only the places are looked at, and the daemon keeps no secrets in its memory.
        let record = try? SetupRecord(of: recordPath) { SecretCover.json(&$0, valuesOf: "text") }
        for file in record?.files ?? [] {
            for place in file.places {
                Leftovers.sweep(beside: place)
                // That reads whole files, with their secrets.
                guard isPatient else { continue }
                let backups = Backups(of: file.name, in: "\(stateFolder)/backups")
                Leftovers.keepDisplaced(beside: place, limit: file.limit, in: backups) { file.history.hasMade($0) }
            }
        }
        Leftovers.sweep(beside: recordPath)
        for folder in [""] + Folder.names(in: stateFolder) { Leftovers.sweep(in: "\(stateFolder)/\(folder)") }
    }

    /// Edits a file with `edit`, which gets the file's bytes (nil if there is no file) and may be called more than
    /// once.
    /// - Parameter limit: see `SharedFile`.
    /// - Returns: the outcome, and the edit that was applied.
    /// - Throws: `SystemError`, `UnreadableRecord`, or the error of `edit`; the file is unchanged then.
    package func apply<Edit: FileEdit>(
        to path: String, limit: Int, at now: Date, _ edit: ([UInt8]?) throws -> Edit
    ) throws -> (outcome: SharedFile.Outcome, edit: Edit) {
        try Folder.makePrivate(stateFolder)
        // Later commands read the record in other working directories.
        let path = try Folder.absolute(path)
        let target = try AtomicWrite.realPath(of: path)
        let folders = try Folder.missing(Folder.holding(target))
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

    /// Approves a command that is about to be written to the settings, and records the approval.
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

    /// The record to add to. An undone record is cleared first, except for files where another program restored our
    /// values.
    private func current() throws -> SetupRecord {
        var record = try SetupRecord(of: recordPath)
        if record.isUndone { record.restart() }
        return record
    }

    /// Undoes our changes to a file, at one of its paths.
    /// - Returns: what was left alone, because somebody else changed it since.
    /// - Throws: `SystemError`, or why the file cannot be edited.
    package func undo(_ file: SetupRecord.File, in place: String, at now: Date) throws -> [String] {
        var left: [String] = []
        let outcome = try SharedFile(place, limit: file.limit, stateFolder: stateFolder).replace(at: now) { bytes in
            let undone = try file.history.undone(of: bytes, path: place)
            left = undone.left
            return undone.bytes
        }
        if outcome.isChanged { try removeFolders(of: file, besides: outcome.target) }
        return left
    }

    /// Removes the folders that were created for a file, where that is gone, or never came to be.
    /// - Throws: if one stays that is empty.
    package func removeFolders(of file: SetupRecord.File, besides place: String) throws(SystemError) {
        guard access(place, F_OK) != 0 else { return }
        // `rmdir` removes only empty folders.
        for folder in file.folders where rmdir(folder) != 0 {
            // A link or a mount by now is not the one that was created.
            guard [ENOTEMPTY, EEXIST, ENOENT, ENOTDIR, EBUSY].contains(errno) else {
                throw SystemError("remove the folder", folder)
            }
        }
    }

    /// Marks a record as undone, unless the record's file has changed since it was read.
    /// - Parameter bytes: the bytes that were read; nil if there was no file.
    /// - Returns: whether the record is now marked.
    package func noteUndone(_ record: SetupRecord, from bytes: [UInt8]?) throws -> Bool {
        try locked {
            guard try SetupRecord.isAsRead(bytes, at: recordPath) else { return false }
            var record = record
            record.isUndone = true
            try record.write(to: recordPath)
            return true
        }
    }

    /// Marks one of the files of the record as undone, unless that has been edited since it was read.
    /// - Parameter withdrawn: the commands whose approval was withdrawn with it.
    /// - Returns: whether it is now marked.
    package func noteUndone(_ file: SetupRecord.File, _ withdrawn: [String]) throws -> Bool {
        try locked {
            var record = try SetupRecord(of: recordPath)
            guard let index = record.files.firstIndex(of: file) else { return false }
            record.files[index].isUndone = true
            record.approved.removeAll { withdrawn.contains($0) }
            try record.write(to: recordPath)
            return true
        }
    }

    private func locked(_ act: () throws -> Bool) throws -> Bool {
        try Folder.makePrivate(stateFolder)
        let lock = try FileLock(SharedFile.lock(in: stateFolder))
        defer { lock.release() }
        return try act()
    }
}

extension SetupRecord {
    /// The index of a file in `files`; adds the file, and the folders created for it, if missing.
    fileprivate mutating func index(of path: String, named name: String, _ folders: [String]) -> Int {
        let index = files.firstIndex { $0.path == path } ?? files.count
        if index == files.count { files.append(File(path: path, name: name, folders: [], history: FileHistory())) }
        files[index].name = name
        if files[index].isUndone == true {
            files[index] = File(path: path, name: name, folders: [], history: FileHistory())
        }
        for folder in folders where !files[index].folders.contains(folder) { files[index].folders.append(folder) }
        return index
    }

    fileprivate mutating func restart() {
        files.removeAll { file in file.places.allSatisfy { file.holdsNothing(in: $0) } }
        approved = []
        isUndone = false
    }
}
