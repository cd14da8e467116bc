import FoundationEssentials
import Glibc

/// Edits a file that other programs write too (Claude Code's settings, the AWS config). Those take no lock; still, no
/// write of theirs is lost.
package struct SharedFile: Sendable {
    package struct Outcome: Equatable, Sendable {
        /// The real file, behind any symbolic links.
        package let target: String
        package let isChanged: Bool
        /// The path of the copy of the previous file, if there was one and it was changed.
        package let backup: String?
    }

    private static let attempts = 1000

    package let path: String
    package let backups: Backups
    private let lock: String
    private let limit: Int

    /// The lock and the backups are in `stateFolder`, which is created (0700) on the first write.
    /// - Parameter limit: maximum size in bytes: `SettingsLayer.largest` or `AWSFiles.limit`.
    package init(_ path: String, limit: Int, stateFolder: String) {
        self.path = path
        self.limit = limit
        lock = Self.lock(in: stateFolder)
        backups = Backups(of: path, in: "\(stateFolder)/backups")
    }

    /// The lock between our own processes, for these files and the record of changes.
    static func lock(in stateFolder: String) -> String { "\(stateFolder)/settings.lock" }

    /// Reads the file; nil if it does not exist.
    package func read() throws(SystemError) -> FileContent? {
        try FileContent(of: path, limit: limit)
    }

    /// Replaces the file with the result of `compute`. An equal result changes nothing, nil removes the file.
    ///
    /// `compute` gets the current bytes (nil without a file). It is called again if another program wrote meanwhile, or
    /// if it throws while the file is being written.
    /// - Throws: `SystemError`, or the error of `compute`; the file is then as the other programs left it.
    package func replace(at now: Date, compute: ([UInt8]?) throws -> [UInt8]?) throws -> Outcome {
        try Folder.create(Folder.holding(lock))
        let lock = try FileLock(lock)
        defer { lock.release() }
        let target = try AtomicWrite.realPath(of: path)
        for _ in 0..<Self.attempts {
            let current = try FileContent(of: target, limit: limit)
            // Some writers truncate the file first and then write it.
            if current?.bytes.isEmpty == true, try !isUnchanged(target, since: current) { continue }
            let wanted: [UInt8]?
            do {
                wanted = try compute(current?.bytes)
            } catch {
                guard try isUnchanged(target, since: current) else { continue }
                throw error
            }
            guard wanted != current?.bytes else { return Outcome(target: target, isChanged: false, backup: nil) }
            if let outcome = try put(wanted, at: target, over: current, now) { return outcome }
        }
        throw SystemError("replace", target, EBUSY)
    }

    /// One attempt; nil if another program wrote first.
    private func put(
        _ wanted: [UInt8]?, at target: String, over current: FileContent?, _ now: Date
    ) throws(SystemError) -> Outcome? {
        let folder = Folder.holding(target)
        try Folder.create(folder)
        let backup: String? = if let current { try backups.keep(current.bytes, at: now) } else { nil }
        var isDone = false
        defer { if !isDone, let backup { unlink(backup) } }
        if let wanted {
            let new = try TemporaryFile(
                beside: target, holding: wanted.span.bytes, mode: current?.mode ?? 0o600,
                owner: current.map { ($0.owner, $0.group) })
            defer { new.remove() }
            // Syncing took time. Checking once more makes it rare that a swap has to be undone.
            guard try FileContent(of: target, limit: limit)?.bytes == current?.bytes,
                try FileSwap.put(new, at: target, over: current, limit: limit)
            else { return nil }
        } else if let current {
            guard try FileSwap.remove(target, holding: current, limit: limit) else { return nil }
        }
        isDone = true
        try Folder.sync(folder)
        backups.prune()
        return Outcome(target: target, isChanged: true, backup: backup)
    }

    /// Whether the file stays unchanged for 0.1 s, enough for a writer to finish.
    private func isUnchanged(_ target: String, since content: FileContent?) throws(SystemError) -> Bool {
        for _ in 0..<10 {
            guard try FileContent(of: target, limit: limit) == content else { return false }
            usleep(10_000)
        }
        return try FileContent(of: target, limit: limit) == content
    }
}
