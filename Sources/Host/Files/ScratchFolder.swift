import Glibc

/// A folder (0700) among the temporary files of all programs, `.bedrock-agent.1x2y3z.tmp`; gone when this value is. What
/// a killed process leaves is swept later.
package final class ScratchFolder {
    package let path: String
    /// Held while the folder is in use.
    private let lock: FileLock

    private static let name = "bedrock-agent"
    private static let lockName = "lock"

    package init(in parent: String) throws(SystemError) {
        path = Leftovers.newPath(beside: "\(parent)/\(Self.name)")
        guard mkdir(path, 0o700) == 0 else { throw SystemError("create", path) }
        do {
            lock = try FileLock("\(path)/\(Self.lockName)", .none)
        } catch {
            rmdir(path)
            throw error
        }
    }

    deinit {
        Self.remove(path)
        lock.release()
    }

    /// Removes those that nobody uses.
    static func sweep(in parent: String) {
        for path in Leftovers.oldFolders(in: parent, named: name) where !FileLock.isTaken("\(path)/\(lockName)") {
            remove(path)
        }
    }

    private static func remove(_ path: String) {
        for name in Folder.names(in: path) { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}
