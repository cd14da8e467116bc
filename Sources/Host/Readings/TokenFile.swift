import FoundationEssentials
import Glibc
import SessionHealth

/// A token file with its secrets. Only `bedrock-agent-net` reads one: the process ends with them.
package struct TokenFile {
    package let document: TokenDocument
    private let content: FileContent
    private static let limit = 1 << 20
    /// How often, and with how many microseconds between, a file is read that is just being written.
    private static let readings = 20
    private static let pause: UInt32 = 50_000

    /// Reads the file, again if it is in the middle of somebody's write.
    /// - Throws: `SystemError` (`ENOENT` without a file), or `TokenFileError` for one that stays damaged.
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

    private init(path: String) throws {
        guard let content = try FileContent(of: path, limit: TokenFile.limit) else {
            throw SystemError("read", path, ENOENT)
        }
        self.content = content
        document = try TokenDocument(parsing: content.bytes)
    }

    /// Puts bytes in the place of this very file; its mode is kept.
    /// - Returns: false when the file is not this one any more; nothing is changed then.
    package func replace(at path: String, with bytes: [UInt8]) throws(SystemError) -> Bool {
        try FileSwap.replace(at: path, over: content, with: bytes, limit: TokenFile.limit)
    }
}
