import CSystemd
import Digest
import FoundationEssentials
import Glibc

/// A file's bytes, in a single buffer that is wiped when released. Every file that holds a token is read through this.
package struct SecretBytes: ~Copyable {
    private let buffer: UnsafeMutableRawBufferPointer
    private let count: Int
    /// When the file was last written.
    package let writtenAt: Date
    /// The permission bits of the file.
    package let mode: mode_t

    /// Token files are about 2 kB; a larger file than this is no token file.
    package static let limit = 1 << 20

    /// - Throws: `SystemError`, also if only a part can be read; `EFBIG` for more than `limit` bytes.
    package init(reading path: String) throws(SystemError) {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard file >= 0 else { throw SystemError("read", path) }
        defer { close(file) }
        var info = stat()
        guard fstat(file, &info) == 0 else { throw SystemError("read", path) }
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw SystemError("read", path, info.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
        }
        guard info.st_size <= SecretBytes.limit else { throw SystemError("read", path, EFBIG) }
        // One extra byte, to notice a file that grows while it is read.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(info.st_size) + 1, alignment: 16)
        var filled = 0
        while filled < buffer.count {
            let got = read(file, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                let error = SystemError("read", path)
                SecretBytes.wipe(buffer)
                throw error
            }
            filled += got
            // The read asked for one more byte, so this is the end of the file.
            if got == 0 || filled == Int(info.st_size) { break }
        }
        self.buffer = buffer
        count = filled
        writtenAt = Date(
            timeIntervalSince1970: TimeInterval(info.st_mtim.tv_sec) + TimeInterval(info.st_mtim.tv_nsec) / 1e9)
        mode = info.st_mode & 0o7777
    }

    deinit { SecretBytes.wipe(buffer) }

    /// Wipes and frees the buffer.
    private static func wipe(_ buffer: UnsafeMutableRawBufferPointer) {
        if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
        buffer.deallocate()
    }

    /// Gives temporary access to the bytes. The result must not contain a secret.
    package func withBytes<Result, Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        let bytes = UnsafeBufferPointer(rebasing: buffer.bindMemory(to: UInt8.self)[..<count])
        return try body(bytes.span)
    }

    /// A digest of the bytes, in hexadecimal: it distinguishes tokens without revealing them.
    package var fingerprint: String {
        withBytes { Digest.fingerprint($0) }
    }
}
