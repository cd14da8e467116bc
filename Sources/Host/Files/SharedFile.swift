import FoundationEssentials
import Glibc

/// A file of somebody else's that is changed in place of them: Claude Code's settings, the AWS config. Its other
/// writers take no lock, and nothing that they write is lost.
package struct SharedFile: Sendable {
    package struct Outcome: Equatable, Sendable {
        /// The real file, behind any symbolic links.
        package let target: String
        package let isChanged: Bool
        /// What was there before, if something was and it changed.
        package let backup: String?
    }

    private static let attempts = 1000

    package let path: String
    package let backups: Backups
    private let lock: String
    private let limit: Int

    /// The lock and the backups are in `stateFolder`, which is created (0700) when something is written.
    /// - Parameter limit: bytes that such a file may have: `SettingsLayer.largest`, or `AWSFiles.limit`.
    package init(_ path: String, limit: Int, stateFolder: String) {
        self.path = path
        self.limit = limit
        lock = Self.lock(in: stateFolder)
        backups = Backups(of: path, in: "\(stateFolder)/backups")
    }

    /// Among our own processes, for these files and the record of what was changed in them.
    static func lock(in stateFolder: String) -> String { "\(stateFolder)/settings.lock" }

    /// The file as it is; nil if there is none.
    package func read() throws(SystemError) -> FileContent? {
        try FileContent(of: path, limit: limit)
    }

    /// Replaces the file by what `compute` makes of it; the same changes nothing, nil removes it.
    ///
    /// `compute` gets the bytes as they are, nil without a file. It is called again when another writer was faster, and
    /// when it throws on a file that is just being written.
    /// - Throws: a `SystemError`, or what `compute` threw; the file is then as its other writers left it.
    package func replace(at now: Date, compute: ([UInt8]?) throws -> [UInt8]?) throws -> Outcome {
        try Folder.create(Folder.holding(lock))
        let lock = try FileLock(lock)
        defer { lock.release() }
        let target = try AtomicWrite.realPath(of: path)
        for _ in 0..<Self.attempts {
            let current = try FileContent(of: target, limit: limit)
            // Some writers truncate first and write then.
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

    /// One attempt; nil if another writer was faster.
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
            // Syncing took its time. Looking once more keeps a swap that has to be undone a rare thing.
            guard try FileContent(of: target, limit: limit)?.bytes == current?.bytes,
                try FileSwap.put(new.path, at: target, over: current, limit: limit)
            else { return nil }
        } else if let current {
            guard try FileSwap.remove(target, holding: current, limit: limit) else { return nil }
        }
        isDone = true
        try Folder.sync(folder)
        backups.prune()
        return Outcome(target: target, isChanged: true, backup: backup)
    }

    /// Whether the file stays as it is for the tenth of a second that a writer might need.
    private func isUnchanged(_ target: String, since content: FileContent?) throws(SystemError) -> Bool {
        for _ in 0..<10 {
            guard try FileContent(of: target, limit: limit) == content else { return false }
            usleep(10_000)
        }
        return try FileContent(of: target, limit: limit) == content
    }
}
