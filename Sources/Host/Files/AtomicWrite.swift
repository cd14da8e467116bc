import CSystemd
import Glibc

/// Replaces whole files atomically: a reader, or a power cut, finds either the old file or the new one.
package enum AtomicWrite {
    /// Replaces the file at a path, following symbolic links to where a regular file is, or none. It keeps its mode and,
    /// where permitted, its owner; a new file gets `mode`. A missing folder is created (0700). A concurrent change by
    /// another program is lost: use `SharedFile` for files that others write too.
    ///
    /// The bytes are not copied, so the caller may wipe the buffer afterwards.
    package static func write(_ bytes: RawSpan, to path: String, mode: UInt32 = 0o600) throws(SystemError) {
        let target = try realPath(of: path)
        let folder = Folder.holding(target)
        try Folder.create(folder)
        var status = stat()
        let exists = stat(target, &status) == 0
        // A link to a device: root could replace that.
        guard !exists || target == path || status.st_mode & S_IFMT == S_IFREG else {
            throw SystemError("write \(path), a link to", target, EINVAL)
        }
        let file = try TemporaryFile(
            beside: target, holding: bytes, mode: exists ? status.st_mode & 0o7777 : mode,
            owner: exists ? (status.st_uid, status.st_gid) : nil)
        defer { file.remove() }
        guard rename(file.path, target) == 0 else { throw SystemError("replace", target) }
        try Folder.sync(folder)
    }

    package static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o600) throws(SystemError) {
        try write(bytes.span.bytes, to: path, mode: mode)
    }

    /// Puts a new file at a path in place of whatever is there, also of a symbolic link: in a folder of others, that may
    /// lead to a file of ours. A missing folder is created (0700), and what a killed writer left beside it removed.
    package static func replace(_ path: String, by bytes: [UInt8], mode: UInt32) throws(SystemError) {
        let folder = Folder.holding(path)
        try Folder.create(folder)
        Leftovers.sweepOld(beside: path)
        let file = try TemporaryFile(beside: path, holding: bytes.span.bytes, mode: mode, owner: nil)
        defer { file.remove() }
        guard rename(file.path, path) == 0 else { throw SystemError("replace", path) }
        try Folder.sync(folder)
    }

    /// The path at the end of a chain of symbolic links, whether a file exists there or not.
    package static func realPath(of path: String) throws(SystemError) -> String {
        var path = path
        for _ in 0..<40 {
            // Not a link, or nothing there.
            guard let link = try Folder.link(at: path)?.target else { return path }
            path = link.hasPrefix("/") ? link : "\(Folder.holding(path))/\(link)"
        }
        throw SystemError("follow", path, ELOOP)
    }
}

/// A complete temporary file next to its target, under a random name.
struct TemporaryFile {
    let path: String

    /// Writes and syncs the file. `owner` is a user and a group ID; without permission to chown, the file stays ours.
    init(
        beside target: String, holding bytes: RawSpan, mode: UInt32, owner: (user: UInt32, group: UInt32)?
    ) throws(SystemError) {
        path = Leftovers.newPath(beside: target)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemError("create a file beside", target) }
        defer { close(descriptor) }
        do throws(SystemError) {
            try Self.write(bytes, to: descriptor, target)
            try Self.finish(descriptor, target, mode: mode, owner: owner)
        } catch {
            unlink(path)
            throw error
        }
    }

    /// Removes the file that has the temporary name now; after an exchange, that is the replaced file.
    func remove() { unlink(path) }

    /// Gives a file that is written its owner and mode, and syncs it.
    static func finish(
        _ descriptor: Int32, _ target: String, mode: UInt32, owner: (user: UInt32, group: UInt32)?
    ) throws(SystemError) {
        if let owner, fchown(descriptor, owner.user, owner.group) != 0 {
            _ = fchown(descriptor, UInt32.max, owner.group)
        }
        guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0 else { throw SystemError("write", target) }
    }

    /// Writes the bytes from the start of the file.
    static func write(_ bytes: RawSpan, to descriptor: Int32, _ target: String) throws(SystemError) {
        try bytes.withUnsafeBytes { (buffer: UnsafeRawBufferPointer) throws(SystemError) in
            var rest = buffer[...]
            while !rest.isEmpty {
                let length = pwrite(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count, off_t(rest.startIndex))
                if length < 0, errno == EINTR { continue }
                guard length > 0 else { throw SystemError("write", target) }
                rest = rest.dropFirst(length)
            }
        }
    }
}
