import Digest
import FoundationEssentials

/// A complete token file with its secrets. Only the process that refreshes a token has one, and exits afterwards.
package struct TokenDocument: Equatable, Sendable {
    /// What the `refresh_token` grant sends.
    package struct Grant: Equatable, Sendable {
        package let clientID: String
        package let clientSecret: String
        package let refreshToken: String

        /// A digest of the refresh token: it tells two apart without revealing them.
        package var fingerprint: String { Digest.fingerprint(Array(refreshToken.utf8).span) }

        /// The body of `POST /token`.
        package var body: [UInt8] {
            let members = [
                ("grantType", "refresh_token"), ("clientId", clientID), ("clientSecret", clientSecret),
                ("refreshToken", refreshToken),
            ].map { JSONString.encode($0.0) + [UInt8(ascii: ":")] + JSONString.encode($0.1) }
            return [UInt8(ascii: "{")] + members.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "}")]
        }
    }

    package let bytes: [UInt8]
    package let expiresAt: Date
    package let accessToken: String
    /// Nil unless the file has all three parts.
    package let grant: Grant?

    /// - Throws: if it is incomplete.
    package init(parsing bytes: [UInt8]) throws(TokenFileError) {
        self.bytes = bytes
        let clocks = try TokenClocks(parsing: bytes.span, writtenAt: .distantPast, fingerprint: "")
        expiresAt = clocks.expiresAt
        let document = try TokenDocument.document(bytes)
        accessToken = document.string(at: ["accessToken"]) ?? ""
        if let client = document.string(at: ["clientId"]), let secret = document.string(at: ["clientSecret"]),
            let refresh = document.string(at: ["refreshToken"]), clocks.hasRefreshToken, clocks.hasClient
        {
            grant = Grant(clientID: client, clientSecret: secret, refreshToken: refresh)
        } else {
            grant = nil
        }
    }

    /// Whether this token, which was granted for a refresh token and could not be put in place, still belongs there: a
    /// file with another refresh token, or a later expiry, is newer.
    /// - Parameter fingerprint: of the refresh token that it was granted for.
    package func belongs(over file: TokenDocument, grantedFor fingerprint: String) -> Bool {
        file.grant?.fingerprint == fingerprint && expiresAt >= file.expiresAt
    }

    /// The file with a new access token and its end, and with the new refresh token, if there are such; everything else
    /// stays the same.
    /// - Throws: if it is not a JSON object.
    package func renewed(
        accessToken: String?, expiresAt: Date?, refreshToken: String?
    ) throws(TokenFileError) -> [UInt8] {
        var document = try TokenDocument.document(bytes)
        do {
            if let accessToken { try document.set(accessToken, at: ["accessToken"]) }
            if let expiresAt { try document.set(Timestamp.format(expiresAt), at: ["expiresAt"]) }
            if let refreshToken { try document.set(refreshToken, at: ["refreshToken"]) }
        } catch {
            throw TokenFileError("\(error)")
        }
        return document.bytes
    }

    /// The file of a sign-in, as the AWS CLI writes it.
    /// - Parameters:
    ///   - refreshToken: nil where the service grants none.
    ///   - startURL: as it is in the config file.
    ///   - region: of Identity Center.
    package static func new(
        accessToken: String, expiresAt: Date, refreshToken: String?, startURL: String, region: String,
        for client: ClientRegistration
    ) -> [UInt8] {
        var members = [
            ("startUrl", startURL), ("region", region), ("accessToken", accessToken),
            ("expiresAt", Timestamp.format(expiresAt)), ("clientId", client.clientID),
            ("clientSecret", client.clientSecret), ("registrationExpiresAt", Timestamp.format(client.expiresAt)),
        ]
        if let refreshToken { members.append(("refreshToken", refreshToken)) }
        return PythonJSON.object(members.map { ($0.0, JSONString.encode($0.1)) })
    }

    private static func document(_ bytes: [UInt8]) throws(TokenFileError) -> JSONDocument {
        guard !bytes.span.startsWithByteOrderMark else { throw .byteOrderMark }
        do {
            return try JSONDocument(parsing: bytes)
        } catch {
            throw TokenFileError("\(error)")
        }
    }
}

extension String {
    /// Bytes; more than a server takes in a header.
    package static let longestToken = 16 * 1024

    /// It can be the value of a header: nothing in it begins another one.
    package var isToken: Bool {
        !isEmpty && utf8.count <= String.longestToken && utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
