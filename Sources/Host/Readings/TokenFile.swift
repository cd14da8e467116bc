import FoundationEssentials
import Glibc
import SessionHealth

/// A token file with its secrets. Only `bedrock-agent-net` reads one: the process ends with them.
package struct TokenFile {
    /// What the `refresh_token` grant sends.
    package struct Grant: Equatable {
        package let clientID: String
        package let clientSecret: String
        package let refreshToken: String
    }

    private let content: FileContent
    private let document: JSONDocument
    package let expiresAt: Date
    package let accessToken: String
    /// Nil where the file has not all three of its parts.
    package let grant: Grant?

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
        let clocks = try TokenClocks(parsing: content.bytes.span, writtenAt: .distantPast, fingerprint: "")
        expiresAt = clocks.expiresAt
        do {
            document = try JSONDocument(parsing: content.bytes)
        } catch {
            throw TokenFileError("\(error)")
        }
        accessToken = document.string(at: ["accessToken"]) ?? ""
        if let client = document.string(at: ["clientId"]), let secret = document.string(at: ["clientSecret"]),
            let refresh = document.string(at: ["refreshToken"]), clocks.hasRefreshToken, clocks.hasClient
        {
            grant = Grant(clientID: client, clientSecret: secret, refreshToken: refresh)
        } else {
            grant = nil
        }
    }

    /// Whether both are the same bytes in the same file.
    package func isSame(as other: TokenFile) -> Bool { content == other.content }

    /// Writes a new access token, and the new refresh token where there is one, in the place of this very file: all
    /// else in it stays as it is, and its mode too.
    /// - Returns: false when the file is not this one any more; nothing is changed then.
    package func replace(at path: String, accessToken: String, expiresAt: Date, refreshToken: String?) throws -> Bool {
        var document = document
        try document.set(accessToken, at: ["accessToken"])
        try document.set(Timestamp.format(expiresAt), at: ["expiresAt"])
        if let refreshToken { try document.set(refreshToken, at: ["refreshToken"]) }
        return try FileSwap.replace(at: path, over: content, with: document.bytes, limit: TokenFile.limit)
    }
}
