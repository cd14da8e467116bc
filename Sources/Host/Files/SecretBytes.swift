import CSystemd
import Digest
import FoundationEssentials
import Glibc

/// A file's bytes in one buffer that is wiped when it goes: what holds a token is read through this and nothing else.
package struct SecretBytes: ~Copyable {
    private let buffer: UnsafeMutableRawBufferPointer
    private let count: Int
    /// When the file was last written.
    package let writtenAt: Date
    /// The permission bits of the file.
    package let mode: mode_t

    /// Token files are about 2 kB; larger than this is not one.
    package static let limit = 1 << 20

    /// - Throws: `SystemError`, also for a file that can be read in part only; EFBIG for one over `limit` bytes.
    package init(reading path: String) throws(SystemError) {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard file >= 0 else { throw SystemError("read", path) }
        defer { close(file) }
        var info = stat()
        guard fstat(file, &info) == 0 else { throw SystemError("read", path) }
        guard info.st_mode & S_IFMT == S_IFREG else { throw SystemError("read", path, EISDIR) }
        guard info.st_size <= SecretBytes.limit else { throw SystemError("read", path, EFBIG) }
        // A writer may make it longer while it is read; one more byte shows that.
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
            // More was asked for than this: it is the end.
            if got == 0 || filled == Int(info.st_size) { break }
        }
        self.buffer = buffer
        count = filled
        writtenAt = Date(
            timeIntervalSince1970: TimeInterval(info.st_mtim.tv_sec) + TimeInterval(info.st_mtim.tv_nsec) / 1e9)
        mode = info.st_mode & 0o7777
    }

    deinit { SecretBytes.wipe(buffer) }

    /// Gives the buffer back with nothing left in it.
    private static func wipe(_ buffer: UnsafeMutableRawBufferPointer) {
        if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
        buffer.deallocate()
    }

    /// Lends the bytes. What is derived from them must not keep any secret.
    package func withBytes<Result, Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        let bytes = UnsafeBufferPointer(rebasing: buffer.bindMemory(to: UInt8.self)[..<count])
        return try body(bytes.span)
    }

    /// A digest of the bytes, in hexadecimal: tells one token from another and gives nothing of it away.
    package var fingerprint: String {
        withBytes { Digest.sha256($0) }.prefix(12).hexadecimal
    }
}
