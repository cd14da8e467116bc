import CSystemd
import Glibc

/// A folder (0700) among the temporary files of all programs, `.bedrock-agent.1x2y3z.tmp`; gone when this value is. What
/// a killed process leaves is swept later.
package final class ScratchFolder {
    package let path: String
    /// Held while the folder is in use, where the file system has locks.
    private let lock: FileLock?

    private static let name = "bedrock-agent"

    package init(in parent: String) throws(SystemError) {
        path = Leftovers.newPath(beside: "\(parent)/\(Self.name)")
        guard mkdir(path, 0o700) == 0 else { throw SystemError("create", path) }
        lock = Self.lock(path)
    }

    deinit {
        Self.remove(path)
        lock?.release()
    }

    /// Removes those that nobody uses.
    static func sweep(in parent: String) {
        for path in Leftovers.oldFolders(in: parent, named: name) {
            guard let lock = lock(path) else { continue }
            remove(path)
            lock.release()
        }
    }

    private static func lock(_ path: String) -> FileLock? { try? FileLock("\(path)/lock", .none) }

    /// By descriptor: others may put something else at the path meanwhile.
    private static func remove(_ path: String) {
        let folder = OwnedDescriptor(open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))
        var info = stat()
        guard fstat(folder.number, &info) == 0, info.st_uid == geteuid() else { return }
        for name in Folder.names(in: "/proc/self/fd/\(folder.number)") { unlinkat(folder.number, name, 0) }
        rmdir(path)
    }
}
