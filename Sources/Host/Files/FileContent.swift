import CSystemd
import Glibc

/// The bytes of a regular file, with the ownership and mode that a copy has to keep.
package struct FileContent: Equatable, Sendable {
    package let bytes: [UInt8]
    package let ownership: FileOwnership
    /// User and group ids.
    package var owner: UInt32 { ownership.owner }
    package var group: UInt32 { ownership.group }
    /// Permission bits only.
    package var mode: UInt32 { ownership.mode }
    private let device: UInt64
    private let inode: UInt64

    /// Reads a whole file; nil if it does not exist.
    ///
    /// Not for token files: the bytes are copied and not wiped.
    /// - Parameter covering: overwrites secrets in place, in the only copy in memory.
    /// - Throws: the read error; `EFBIG` if the file has more than `limit` bytes.
    package init?(
        of path: String, limit: Int, covering: (inout [UInt8]) -> Void = { _ in }
    ) throws(SystemError) {
        // Else another file would be read.
        guard !path.utf8.contains(0) else { throw SystemError("read", path, EINVAL) }
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
        var bytes = try Self.read(descriptor, path, expected: Int(status.st_size), limit: limit)
        covering(&bytes)
        self.bytes = bytes
        ownership = FileOwnership(status)
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// Users other than the owner and root can write the file; see `FileOwnership`.
    package var isWritableByOthers: Bool { ownership.isWritableByOthers }

    private static func read(
        _ descriptor: Int32, _ path: String, expected: Int, limit: Int
    ) throws(SystemError) -> [UInt8] {
        var expected = expected
        while true {
            guard expected <= limit else { throw SystemError("read", path, EFBIG) }
            // One byte more than allowed, so that a file that grows while it is read is noticed.
            let capacity = min(expected + 4096, limit + 1)
            var failure: Int32 = 0
            var bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                count = 0
                while count < capacity, let start = buffer.baseAddress {
                    let length = Glibc.read(descriptor, start + count, capacity - count)
                    if length < 0, errno == EINTR { continue }
                    if length < 0 { failure = errno }
                    if length <= 0 { break }
                    count += length
                }
            }
            guard failure == 0 else { throw SystemError("read", path, failure) }
            guard bytes.count <= limit else { throw SystemError("read", path, EFBIG) }
            if bytes.count < capacity { return bytes }
            // The file has grown, or has no size (as in /proc): read again from the start, with a larger buffer.
            bytes.withUnsafeMutableBytes { if let start = $0.baseAddress { explicit_bzero(start, $0.count) } }
            guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw SystemError("read", path) }
            expected = min(2 * capacity, limit)
        }
    }
}
