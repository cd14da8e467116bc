import Glibc

/// Whole files, replaced in one step: a reader sees the old or the new one, a power cut leaves one of them.
package enum AtomicWrite {
    /// Replaces the file that a path leads to, through symbolic links. Its mode and, where allowed, its owner are
    /// kept; a new one gets `mode`. A missing folder is created (0700). What somebody else writes meanwhile is lost:
    /// for files with other writers there is `SharedFile`.
    ///
    /// Nothing is copied: the buffer may be one that is wiped afterwards.
    package static func write(_ bytes: RawSpan, to path: String, mode: UInt32 = 0o600) throws(SystemError) {
        let target = try realPath(of: path)
        let folder = Folder.holding(target)
        try Folder.create(folder)
        var status = stat()
        let exists = stat(target, &status) == 0
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

    /// The file that a chain of symbolic links leads to, whether it exists or not.
    package static func realPath(of path: String) throws(SystemError) -> String {
        var path = path
        for _ in 0..<40 {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let length = readlink(path, &buffer, buffer.count)
            // No link, or nothing there.
            guard length >= 0 else { return path }
            let link = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            path = link.hasPrefix("/") ? link : "\(Folder.holding(path))/\(link)"
        }
        throw SystemError("follow", path, ELOOP)
    }
}

/// A complete file beside the one that it is about to become; nobody else knows its name.
struct TemporaryFile {
    let path: String

    /// Writes and syncs it. `owner` is a user and a group; without the right to give it away, the file stays ours.
    init(
        beside target: String, holding bytes: RawSpan, mode: UInt32, owner: (user: UInt32, group: UInt32)?
    ) throws(SystemError) {
        let name = target.split(separator: "/").last.map(String.init) ?? "file"
        let tag = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        path = "\(Folder.holding(target))/.\(name).\(tag).tmp"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemError("create a file beside", target) }
        defer { close(descriptor) }
        do throws(SystemError) {
            try Self.write(bytes, to: descriptor, target)
            if let owner, fchown(descriptor, owner.user, owner.group) != 0 {
                _ = fchown(descriptor, UInt32.max, owner.group)
            }
            guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0 else { throw SystemError("write", target) }
        } catch {
            unlink(path)
            throw error
        }
    }

    /// Removes what has this name now; after an exchange that is the file which was displaced.
    func remove() { unlink(path) }

    private static func write(_ bytes: RawSpan, to descriptor: Int32, _ target: String) throws(SystemError) {
        try bytes.withUnsafeBytes { (buffer: UnsafeRawBufferPointer) throws(SystemError) in
            var rest = buffer[...]
            while !rest.isEmpty {
                let length = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if length < 0, errno == EINTR { continue }
                guard length > 0 else { throw SystemError("write", target) }
                rest = rest.dropFirst(length)
            }
        }
    }
}
