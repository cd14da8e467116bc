import Digest
import FoundationEssentials

/// The expiry times in a token file, and which parts are present. The secrets never leave the file's buffer.
package struct TokenClocks: Equatable, Sendable {
    package var expiresAt: Date
    package var registrationExpiresAt: Date?
    /// Whether there is one that the agent may use: that of an `aws login` is left to the AWS tools.
    package var hasRefreshToken: Bool
    /// Whether `clientId` and `clientSecret` are there.
    package var hasClient: Bool
    /// When the file was last written; with `expiresAt`, this tells how long the token was valid.
    package var writtenAt: Date
    /// A digest of the file's bytes: another value means another token.
    package var fingerprint: String
    /// Of an `aws login`: a digest of what stays the same however often its credentials are renewed.
    package var login: String?

    package init(
        expiresAt: Date, registrationExpiresAt: Date?, hasRefreshToken: Bool, hasClient: Bool, writtenAt: Date,
        fingerprint: String, login: String? = nil
    ) {
        self.expiresAt = expiresAt
        self.registrationExpiresAt = registrationExpiresAt
        self.hasRefreshToken = hasRefreshToken
        self.hasClient = hasClient
        self.writtenAt = writtenAt
        self.fingerprint = fingerprint
        self.login = login
    }

    /// Whether the `refresh_token` grant is possible at all, as botocore decides it (tokens.py).
    package func isRefreshable(at now: Date) -> Bool {
        guard hasRefreshToken, hasClient, let registrationExpiresAt else { return false }
        return registrationExpiresAt > now
    }
}

/// Why a token or registration file cannot be used. Never quotes the file.
package struct TokenFileError: Error, Equatable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }

    static let byteOrderMark = TokenFileError(
        "line 1, column 1: the file starts with a byte-order mark (BOM): save it as UTF-8 without one")
}

extension TokenClocks {
    /// Reads the clocks from the bytes of a token file in `~/.aws/sso/cache`.
    ///
    /// - Throws: what is wrong, by line or key, never a value.
    package init(parsing text: Span<UInt8>, writtenAt: Date, fingerprint: String) throws(TokenFileError) {
        let root = try parseObject(text)
        guard let token = root.member("accessToken", in: text), token.kind == .string else {
            throw TokenFileError("key accessToken: missing, or not a string")
        }
        guard fitsAHeader(token, in: text) else {
            throw TokenFileError("key accessToken: characters that no request can carry")
        }
        guard let expiresAt = try date("expiresAt", of: root, in: text) else {
            throw TokenFileError("key expiresAt: missing")
        }
        self.init(
            expiresAt: expiresAt,
            registrationExpiresAt: try? date("registrationExpiresAt", of: root, in: text),
            hasRefreshToken: holdsText("refreshToken", of: root, in: text),
            hasClient: holdsText("clientId", of: root, in: text) && holdsText("clientSecret", of: root, in: text),
            writtenAt: writtenAt,
            fingerprint: fingerprint)
    }
}

extension TokenClocks {
    /// Reads the clock from the bytes of a file of `aws login`: what botocore's `LoginCredentialFetcher` needs is there.
    ///
    /// - Throws: what is wrong, by key, never a value.
    package init(parsingLogin text: Span<UInt8>, writtenAt: Date, fingerprint: String) throws(TokenFileError) {
        let root = try parseObject(text)
        for name in ["refreshToken", "clientId", "dpopKey"] where !holdsText(name, of: root, in: text) {
            throw TokenFileError("key \(name): missing, or not a string")
        }
        guard let token = root.member("accessToken", in: text), case .object = token.kind else {
            throw TokenFileError("key accessToken: missing, or not an object")
        }
        for name in ["accessKeyId", "secretAccessKey", "sessionToken"] where !holdsText(name, of: token, in: text) {
            throw TokenFileError("key accessToken.\(name): missing, or not a string")
        }
        guard let expiresAt = try date("expiresAt", of: token, in: text) else {
            throw TokenFileError("key accessToken.expiresAt: missing")
        }
        // Each `aws login` makes a key of its own, and a renewal keeps it.
        let key = root.member("dpopKey", in: text)?.range
        self.init(
            expiresAt: expiresAt, registrationExpiresAt: nil, hasRefreshToken: false, hasClient: false,
            writtenAt: writtenAt, fingerprint: fingerprint,
            login: key.map { Digest.sha256(text.extracting($0)).hexadecimal })
    }
}

/// The state of the cached client registration.
package enum RegistrationFacts: Equatable, Sendable {
    case absent
    case damaged
    case found(expiresAt: Date)

    /// Reads a cached client registration; anything that would make `aws sso login` fail is `damaged`.
    package init(parsing text: Span<UInt8>) {
        guard let root = try? parseObject(text),
            holdsText("clientId", of: root, in: text), holdsText("clientSecret", of: root, in: text),
            let expiresAt = try? date("expiresAt", of: root, in: text)
        else {
            self = .damaged
            return
        }
        self = .found(expiresAt: expiresAt)
    }
}

private func parseObject(_ text: Span<UInt8>) throws(TokenFileError) -> JSONNode {
    let root: JSONNode
    guard !text.startsWithByteOrderMark else { throw .byteOrderMark }
    do {
        root = try JSONNode(parsing: text)
    } catch {
        throw TokenFileError("\(error)")
    }
    guard case .object = root.kind else { throw TokenFileError("not a JSON object") }
    return root
}

private func holdsText(_ name: String, of root: JSONNode, in text: Span<UInt8>) -> Bool {
    guard let value = root.member(name, in: text) else { return false }
    return value.kind == .string && value.range.count > 2
}

/// Whether it is printable ASCII; looked at where it is, because it is a secret.
private func fitsAHeader(_ value: JSONNode, in text: Span<UInt8>) -> Bool {
    var index = value.range.lowerBound + 1
    while index < value.range.upperBound - 1 {
        if text[index] != UInt8(ascii: "\\") {
            guard text[index] < 0x7F else { return false }
            index += 1
        } else if text[index + 1] == UInt8(ascii: "u") {
            guard let unit = JSONString.codeUnit(at: index + 2, in: text), (0x20..<0x7F).contains(unit) else {
                return false
            }
            index += 6
        } else {
            // A quote, a slash or a backslash, and not the letter of a control.
            guard text[index + 1] < UInt8(ascii: "a") else { return false }
            index += 2
        }
    }
    return true
}

private func date(_ name: String, of root: JSONNode, in text: Span<UInt8>) throws(TokenFileError) -> Date? {
    guard let value = root.member(name, in: text) else { return nil }
    guard let string = value.string(in: text) else { throw TokenFileError("key \(name): not a string") }
    do {
        return try Timestamp.parse(string)
    } catch {
        throw TokenFileError("key \(name): \(error)")
    }
}
