import Glibc

/// Why the file at a path cannot be replaced, as far as that can be told without trying.
package struct WriteObstacle: Equatable, CustomStringConvertible {
    package let description: String

    /// Nil where nothing is in the way.
    package init?(to path: String) {
        guard let target = try? AtomicWrite.realPath(of: path) else { return nil }
        var folder = Folder.holding(target)
        while access(folder, F_OK) != 0, errno == ENOENT, Folder.holding(folder) != folder {
            folder = Folder.holding(folder)
        }
        let name = target == path ? path : "\(path), a link to \(target),"
        let owner = try? FileOwnership(of: folder)
        if let obstacle = Folder.obstacle(to: target) {
            description = "\(name) cannot be written: \(obstacle) is no folder; move it away"
            return
        }
        guard access(folder, W_OK | X_OK) == 0 else {
            let isReadOnly = errno == EROFS
            description =
                "\(name) cannot be written: "
                + (isReadOnly
                    ? "its file system is read-only"
                    : "\(folder) belongs to \(Self.words(owner)), and is not yours to write")
            return
        }
        // There, others' files can be written by nobody but their owners.
        guard let owner, owner.mode & 0o1000 != 0, !owner.isOurs, geteuid() != 0,
            let file = try? FileOwnership(of: target), !file.isOurs
        else { return nil }
        description = "\(name) cannot be written: it belongs to \(Self.words(file))"
    }

    private static func words(_ ownership: FileOwnership?) -> String {
        guard let ownership else { return "somebody else" }
        return ownership.isRoots ? "root" : "user \(ownership.owner)"
    }
}
