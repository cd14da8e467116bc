import FoundationEssentials
import SessionHealth
import Testing

/// The token file with its secrets: what is sent, what takes its place, and which of two is newer.
@Suite struct TokenDocumentTests {
    private static func text(refresh: String? = "old", end: TimeInterval = hour, client: String? = "c") -> String {
        let refresh = refresh.map { #", "refreshToken": "\#($0)""# } ?? ""
        let client = client.map { #", "clientId": "\#($0)", "clientSecret": "s\"""# } ?? ""
        return
            #"{"accessToken": "a", "other": [1], "expiresAt": "\#(Timestamp.format(signedIn + end))"\#(client)\#(refresh)}"#
    }

    private func document(
        refresh: String? = "old", end: TimeInterval = hour, client: String? = "c"
    ) throws -> TokenDocument {
        try TokenDocument(parsing: Array(Self.text(refresh: refresh, end: end, client: client).utf8))
    }

    @Test func sendsWhatTheGrantNeeds() throws {
        let grant = try #require(document().grant)
        let body = String(decoding: grant.body, as: UTF8.self)
        #expect(body == #"{"grantType":"refresh_token","clientId":"c","clientSecret":"s\"","refreshToken":"old"}"#)
        #expect(try document().accessToken == "a")
    }

    @Test func withoutARefreshTokenOrAClientThereIsNoGrant() throws {
        #expect(try document(refresh: nil).grant == nil && document(refresh: "").grant == nil)
        #expect(try document(client: nil).grant == nil && document(client: "").grant == nil)
    }

    // MARK: A token that could not be put in place

    /// The fingerprint of the refresh token that the waiting one was granted for.
    private func granted() throws -> String { try #require(document().grant).fingerprint }

    @Test func whatWasGrantedForTheFilesOwnRefreshTokenBelongsThere() throws {
        let waiting = try document(refresh: "new", end: 2 * hour)
        #expect(try waiting.belongs(over: document(), grantedFor: granted()))
    }

    @Test func aFileWithAnotherRefreshTokenIsNewer() throws {
        let waiting = try document(refresh: "new", end: 2 * hour)
        #expect(try !waiting.belongs(over: document(refresh: "other"), grantedFor: granted()))
        #expect(try !waiting.belongs(over: document(refresh: nil), grantedFor: granted()))
    }

    /// As long: only the refresh token came.
    @Test(arguments: [(-1, true), (0, true), (1, false)] as [(TimeInterval, Bool)])
    func aFileThatLastsLongerIsNewer(_ longer: TimeInterval, _ belongs: Bool) throws {
        let waiting = try document(refresh: "new", end: 2 * hour)
        let file = try document(end: 2 * hour + longer)
        #expect(try waiting.belongs(over: file, grantedFor: granted()) == belongs)
    }

    // MARK: The new file

    @Test func everythingElseStaysAsItWas() throws {
        let renewed = try document().renewed(accessToken: "b", expiresAt: signedIn + 2 * hour, refreshToken: "new")
        let expected = Self.text(refresh: "new", end: 2 * hour).replacing(#""a""#, with: #""b""#)
        #expect(String(decoding: renewed, as: UTF8.self) == expected)
    }

    @Test func theRefreshTokenStaysWhereTheServiceSentNone() throws {
        let renewed = try document().renewed(accessToken: "b", expiresAt: signedIn + 2 * hour, refreshToken: nil)
        #expect(try TokenDocument(parsing: renewed).grant?.refreshToken == "old")
    }

    @Test func aByteOrderMarkIsRefused() {
        #expect(throws: TokenFileError.self) {
            try TokenDocument(parsing: [0xEF, 0xBB, 0xBF] + Array(Self.text().utf8))
        }
    }
}
