import CSystemd
import Glibc
import SessionHealth

/// Temporary files, `.settings.json.1x2y3z.tmp` beside `settings.json`, and folders: what writers that were killed leave
/// behind.
package enum Leftovers {
    /// Seconds after which one belongs to nobody who still runs.
    private static let abandonedAfter = 60
    private static let ending = ".tmp"
    private static let displaced = ".displaced"

    static func newPath(beside target: String) -> String {
        let tag = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        return "\(Folder.holding(target))/.\(FolderEntry(path: target).name).\(tag)\(ending)"
    }

    /// For what is taken from the target's place: `.settings.json.displaced.1x2y3z.tmp`. Somebody else may have written it
    /// last.
    static func displacedPath(beside target: String) -> String { newPath(beside: target + displaced) }

    /// Removes those of one file that nobody is writing.
    static func sweep(beside target: String) { sweep(beside: target, olderThan: 0) }

    /// Where a writer of ours was killed, some other program's version may be what it took from the target's place: it
    /// becomes a copy, or the file where there is none. What cannot be kept stays.
    /// - Parameter isMade: whether one of our edits made these bytes: then they were not put in place yet.
    static func keepDisplaced(beside target: String, limit: Int, in backups: Backups, isMade: ([UInt8]) -> Bool) {
        let folder = Folder.holding(target)
        let name = FolderEntry(path: target).name + displaced
        for entry in Folder.names(in: folder) where Leftovers.target(of: entry) == name {
            let path = "\(folder)/\(entry)"
            guard isOurs(path, S_IFREG, olderThan: 0), let content = try? FileContent(of: path, limit: limit) else {
                continue
            }
            let present = try? FileContent(of: target, limit: limit)
            if present?.bytes != content.bytes, !isMade(content.bytes),
                !backups.newestFirst(limit: limit).contains(content.bytes)
            {
                if bedrock_rename_noreplace(path, target) == 0 { continue }
                guard (try? backups.keep(content.bytes, at: EventLoop.now().wall)) != nil else { continue }
                backups.prune()
            }
            unlink(path)
        }
    }

    /// Removes the old ones of one file.
    package static func sweepOld(beside target: String) {
        for place in [target, target + displaced] { sweep(beside: place, olderThan: abandonedAfter) }
    }

    private static func sweep(beside target: String, olderThan seconds: Int) {
        sweep(Folder.holding(target), olderThan: seconds) { $0 == FolderEntry(path: target).name }
    }

    /// Removes the old ones in a folder of our own.
    static func sweep(in folder: String) { sweep(folder, olderThan: abandonedAfter) { _ in true } }

    /// Removes those in a cache of AWS's programs, where all files that we write are JSON.
    static func sweep(cache: String) {
        sweep(cache, olderThan: abandonedAfter) { $0.hasSuffix(".json") || $0.hasSuffix(".json\(displaced)") }
    }

    private static func sweep(_ folder: String, olderThan seconds: Int, of isMeant: (String) -> Bool) {
        for name in Folder.names(in: folder) {
            guard let target = target(of: name), isMeant(target),
                isOurs("\(folder)/\(name)", S_IFREG, olderThan: seconds)
            else { continue }
            unlink("\(folder)/\(name)")
        }
    }

    /// The old folders that were made with this name.
    static func oldFolders(in parent: String, named name: String) -> [String] {
        Folder.names(in: parent).filter { target(of: $0) == name }.map { "\(parent)/\($0)" }
            .filter { isOurs($0, S_IFDIR, olderThan: abandonedAfter) }
    }

    /// What a temporary file of ours was to become, or how its folder is named; nil for any other.
    private static func target(of name: String) -> String? {
        guard name.hasPrefix("."), name.hasSuffix(ending) else { return nil }
        let parts = name.dropFirst().dropLast(ending.count).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1, let tag = parts.last, UInt64(tag, radix: 36) != nil else { return nil }
        return parts.dropLast().joined(separator: ".")
    }

    /// - Parameter seconds: since it was last written.
    static func isOld(_ path: String, after seconds: Int) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0 && isOld(info, after: seconds)
    }

    private static func isOld(_ info: stat, after seconds: Int) -> Bool { time(nil) - info.st_mtim.tv_sec > seconds }

    private static func isOurs(_ path: String, _ kind: mode_t, olderThan seconds: Int) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0 && info.st_mode & S_IFMT == kind && info.st_uid == geteuid()
            && (seconds == 0 || isOld(info, after: seconds))
    }
}
