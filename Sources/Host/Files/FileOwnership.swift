import CSystemd
import Glibc
import SessionHealth

/// Who owns a file or folder, and who else can access it.
package struct FileOwnership: Equatable, Sendable {
    /// User and group ids.
    package let owner: UInt32
    package let group: UInt32
    /// Permission bits only.
    package let mode: UInt32
    package let isFolder: Bool
    /// Neither a folder nor a device, a pipe or a socket.
    package let isRegular: Bool

    init(_ status: stat) {
        owner = status.st_uid
        group = status.st_gid
        mode = status.st_mode & 0o7777
        isFolder = status.st_mode & S_IFMT == S_IFDIR
        isRegular = status.st_mode & S_IFMT == S_IFREG
    }

    /// The ownership of the file at a path, following symbolic links; nil if nothing is there.
    /// - Throws: why it cannot be examined.
    package init?(of path: String) throws(SystemError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw SystemError("look at", path)
        }
        self.init(status)
    }

    /// Owned by the user who runs this process.
    package var isOurs: Bool { owner == geteuid() }

    /// Owned by root, who can change our files anyway.
    package var isRoots: Bool { owner == 0 }

    /// Neither ours nor root's.
    package var isOfOthers: Bool { !isOurs && !isRoots }

    /// Users other than the owner and root can read, write or search it.
    package var isOpenToOthers: Bool { mode & 0o077 != 0 }

    /// Whose it is, for what others can write.
    package var kind: OpenPlace.Kind { isOurs ? .ours : isRoots ? .roots : .others }

    /// The lowest folder or link on the way to a file by which somebody other than its owners could put another in its
    /// place: they own it or can write to it. Nil without one; nothing is said of folders that cannot be looked at.
    /// - Parameter owners: whose those may be; we and root, if nothing is said.
    package static func placeOfOthers(onTheWayTo path: String, owners: Set<UInt32>? = nil) -> OpenPlace? {
        let mayOwn = owners ?? [geteuid(), 0]
        guard let path = try? Folder.absolute(path) else { return nil }
        var lowest: OpenPlace?
        var links = 0
        var names = path.split(separator: "/").map(String.init)[...]
        var folder = ""
        while let name = names.popFirst() {
            if name == ".." {
                folder = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? ""
                continue
            }
            guard name != "." else { continue }
            let here = folder.isEmpty ? "/" : folder
            if let way = try? FileOwnership(of: here), !mayOwn.contains(way.owner) || way.isWritableByOthers {
                lowest = OpenPlace(here, owners == nil ? way.kind : .insteadOfRoot)
            }
            let next = "\(folder)/\(name)"
            if let (target, owner) = try? Folder.link(at: next) {
                links += 1
                guard links <= 40 else { return lowest }
                if !mayOwn.contains(owner) { lowest = OpenPlace(next, .linkOfOthers) }
                if target.hasPrefix("/") { folder = "" }
                names = target.split(separator: "/").map(String.init) + names
            } else {
                folder = next
            }
        }
        return lowest
    }

    /// Users other than the owner and root can write it. Write access for the owner's private group, which has no other
    /// members, does not count: some distributions' default umask makes every file of a user group-writable.
    package var isWritableByOthers: Bool {
        // In a folder with the sticky bit, such as /tmp or /nix/store, users cannot rename or remove each other's files.
        if isFolder, mode & 0o1000 != 0 { return false }
        guard mode & 0o002 == 0 else { return true }
        guard mode & 0o020 != 0 else { return false }
        guard let user = getpwuid(owner), user.pointee.pw_gid == group, let group = getgrgid(group),
            let userName = user.pointee.pw_name, let groupName = group.pointee.gr_name,
            let members = group.pointee.gr_mem
        else { return true }
        return members.pointee != nil || strcmp(userName, groupName) != 0
    }
}
