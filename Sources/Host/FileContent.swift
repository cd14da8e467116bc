import Glibc

/// The bytes of a regular file with what a copy of it has to keep.
package struct FileContent: Equatable, Sendable {
    package let bytes: [UInt8]
    /// User and group ids.
    package let owner: UInt32
    package let group: UInt32
    /// Permission bits only.
    package let mode: UInt32
    private let device: UInt64
    private let inode: UInt64

    /// Reads a whole file; nil if there is none.
    ///
    /// Not for token files: the bytes are copied and not wiped.
    /// - Throws: why it cannot be read; `EFBIG` if it has more than `limit` bytes.
    package init?(of path: String, limit: Int) throws(SystemError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw SystemError("read", path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemError("read", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SystemError("read", path, status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
        }
        bytes = try Self.read(descriptor, path, expected: Int(status.st_size), limit: limit)
        owner = status.st_uid
        group = status.st_gid
        mode = status.st_mode & 0o7777
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// Anybody but the owner, and root, can write it. The owner's private group, which nobody else is in, does not
    /// count: with the usual umask of some distributions every file of a person is writable by it.
    package var isWritableByOthers: Bool {
        guard mode & 0o002 == 0 else { return true }
        guard mode & 0o020 != 0 else { return false }
        guard let user = getpwuid(owner), user.pointee.pw_gid == group, let group = getgrgid(group),
            let userName = user.pointee.pw_name, let groupName = group.pointee.gr_name,
            let members = group.pointee.gr_mem
        else { return true }
        return members.pointee != nil || strcmp(userName, groupName) != 0
    }

    private static func read(
        _ descriptor: Int32, _ path: String, expected: Int, limit: Int
    ) throws(SystemError) -> [UInt8] {
        guard expected <= limit else { throw SystemError("read", path, EFBIG) }
        var failure: Int32 = 0
        // One byte more than allowed: a file that grows meanwhile is noticed.
        let bytes = [UInt8](unsafeUninitializedCapacity: min(expected + 4096, limit + 1)) { buffer, count in
            count = 0
            while count < buffer.count, let start = buffer.baseAddress {
                let length = Glibc.read(descriptor, start + count, buffer.count - count)
                if length < 0, errno == EINTR { continue }
                if length < 0 { failure = errno }
                if length <= 0 { break }
                count += length
            }
        }
        guard failure == 0 else { throw SystemError("read", path, failure) }
        guard bytes.count <= limit else { throw SystemError("read", path, EFBIG) }
        return bytes
    }
}
