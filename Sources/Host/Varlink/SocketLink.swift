import Glibc

/// The link to the daemon's socket among our records: a shell may know another runtime folder, or none, as in a
/// container, in an editor's terminal or after `su`.
package struct SocketLink {
    private let path: String
    private let target: String

    /// Makes it. Where that fails, only such shells miss the daemon.
    package init(_ paths: Paths) {
        path = paths.controlLink
        target = paths.controlSocket
        let new = path + ".new"
        unlink(new)
        guard symlink(target, new) == 0 else { return }
        if rename(new, path) != 0 { unlink(new) }
    }

    /// Removes it, unless it leads to another daemon by now.
    package func remove() {
        guard let leads = try? Folder.link(at: path)?.target, leads == target else { return }
        unlink(path)
    }
}
