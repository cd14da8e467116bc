import Glibc

/// Whose a file or folder is, and who else may do what with it.
package struct FileOwnership: Equatable, Sendable {
    /// User and group ids.
    package let owner: UInt32
    package let group: UInt32
    /// Permission bits only.
    package let mode: UInt32
    package let isFolder: Bool

    init(_ status: stat) {
        owner = status.st_uid
        group = status.st_gid
        mode = status.st_mode & 0o7777
        isFolder = status.st_mode & S_IFMT == S_IFDIR
    }

    /// Of what is at a path, behind any symbolic links; nil where nothing is.
    /// - Throws: why it cannot be looked at.
    package init?(of path: String) throws(SystemError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw SystemError("look at", path)
        }
        self.init(status)
    }

    /// Belongs to who runs this.
    package var isOurs: Bool { owner == geteuid() }

    /// Belongs to root, who can do as he likes with ours too.
    package var isRoots: Bool { owner == 0 }

    /// Others than the owner, and root, can read, write or search it.
    package var isOpenToOthers: Bool { mode & 0o077 != 0 }

    /// Anybody but the owner, and root, can write it. The owner's private group, which nobody else is in, does not
    /// count: with the usual umask of some distributions every file of a person is writable by it.
    package var isWritableByOthers: Bool {
        // In a folder such as /tmp, what is another's cannot be renamed or removed.
        guard mode & 0o002 == 0 || (isFolder && mode & 0o1000 != 0) else { return true }
        guard mode & 0o020 != 0 else { return false }
        guard let user = getpwuid(owner), user.pointee.pw_gid == group, let group = getgrgid(group),
            let userName = user.pointee.pw_name, let groupName = group.pointee.gr_name,
            let members = group.pointee.gr_mem
        else { return true }
        return members.pointee != nil || strcmp(userName, groupName) != 0
    }
}
