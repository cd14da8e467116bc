import FoundationEssentials
import Glibc
import SessionHealth

/// A token file with its secrets. Only `bedrock-agent-net` reads one; it is short-lived, so the secrets are too.
package struct TokenFile {
    package let document: TokenDocument
    let content: FileContent
    static let limit = 1 << 20
    /// How often, and with what pause in microseconds, to retry reading a file that is being written.
    private static let readings = 20
    private static let pause: UInt32 = 50_000

    /// Reads the file; retries if a write is in progress.
    /// - Throws: `SystemError` (`ENOENT` without a file), or `TokenFileError` if the file stays damaged.
    package init(readingWhole path: String) throws {
        var reading = 1
        while true {
            do {
                self = try TokenFile(path: path)
                return
            } catch let error as TokenFileError {
                guard reading < TokenFile.readings else { throw error }
                reading += 1
                usleep(TokenFile.pause)
            }
        }
    }

    /// Reads it once; nil unless there is a whole one.
    package init?(asItIs path: String) {
        guard let file = try? TokenFile(path: path) else { return nil }
        self = file
    }

    private init(path: String) throws {
        guard let content = try FileContent(of: path, limit: TokenFile.limit) else {
            throw SystemError("read", path, ENOENT)
        }
        self.content = content
        document = try TokenDocument(parsing: content.bytes)
    }

    /// Removes the file, following symbolic links.
    /// - Returns: false if it was changed since it was read; it is then left as it is.
    package func remove(at path: String) throws(SystemError) -> Bool {
        try FileSwap.remove(try AtomicWrite.realPath(of: path), holding: content, limit: TokenFile.limit)
    }

    /// Replaces this file's content; its mode is kept.
    /// - Returns: false if the file was changed since it was read; it is then left as it is.
    package func replace(at path: String, with bytes: [UInt8]) throws(SystemError) -> Bool {
        try FileSwap.replace(at: path, over: content, with: bytes, limit: TokenFile.limit)
    }
}
