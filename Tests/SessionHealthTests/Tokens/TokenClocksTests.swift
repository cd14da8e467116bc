import FoundationEssentials
import SessionHealth
import Testing

@Suite struct TokenClocksTests {
    /// As AWS CLI v2 writes it.
    private static let file = """
        {"startUrl": "https://corp.awsapps.com/start", "region": "us-west-2", "accessToken": "aoaAccessSecret", \
        "expiresAt": "2026-11-23T10:00:00Z", "clientId": "clientIdSecret", "clientSecret": "eyJraWQiOiJrZXkifQ", \
        "registrationExpiresAt": "2027-02-21T09:00:00Z", "refreshToken": "aorRefreshSecret"}
        """
    private static let secrets = ["aoaAccess", "clientIdSecret", "eyJraW", "aorRefresh"]

    private func parse(_ text: String) throws(TokenFileError) -> TokenClocks { try parse(Array(text.utf8)) }

    private func parse(_ bytes: [UInt8]) throws(TokenFileError) -> TokenClocks {
        try TokenClocks(parsing: bytes.span, writtenAt: signedIn, fingerprint: "t1")
    }

    @Test func readsWhatTheCLIWrites() throws {
        #expect(try parse(TokenClocksTests.file) == .hour())
    }

    @Test(arguments: [
        ("2026-11-23T10:00:00Z", 0), ("2026-11-23T10:00:00UTC", 0), ("2026-11-23T10:00:00.123Z", 0.123),
        ("2026-11-23T10:00:00+00:00", 0), ("2026-11-23T12:30:00+02:30", 0), ("2026-11-23T09:00:00-01:00", 0),
    ])
    func everySpellingOfATime(_ spelled: String, _ fraction: Double) throws {
        let text = TokenClocksTests.file.replacing("2026-11-23T10:00:00Z", with: spelled)
        let expiresAt = try parse(text).expiresAt
        #expect(abs(expiresAt.timeIntervalSince(signedIn + 3600) - fraction) < 1e-6)
    }

    @Test(arguments: ["2026-11-23T10:00:00", "2026-11-23T10Z", "1795424400", "", "2026-02-30T10:00:00Z"])
    func aTimeThatIsNoneNamesItsKey(_ spelled: String) {
        let text = TokenClocksTests.file.replacing("2026-11-23T10:00:00Z", with: spelled)
        let error = #expect(throws: TokenFileError.self) { try parse(text) }
        #expect(error?.description.hasPrefix("key expiresAt: ") == true)
    }

    @Test(arguments: [
        (#"a\u002Bb\/c\"\\~"#, true), (#"a\nb"#, false), (#"a\u000ab"#, false), ("é", false), (#"\u00e9"#, false),
        ("\u{7F}", false), (#"\u0020a"#, true), (#"\u001f"#, false), (#"\u007e"#, true), (#"\u007f"#, false),
        ("\\u0061\u{7F}", false), ("\u{7F}a", false), ("a\u{7F}", false), (#"\/"#, true), (#"a\t"#, false),
    ])
    func anAccessTokenFitsIntoAHeader(_ spelled: String, _ isFit: Bool) {
        let text = TokenClocksTests.file.replacing("aoaAccessSecret", with: spelled)
        #expect(((try? parse(text)) != nil) == isFit)
    }

    @Test func tornAtEveryByteIsAnErrorWithoutSecrets() {
        let bytes = Array(TokenClocksTests.file.utf8)
        for end in bytes.indices {
            let error = #expect(throws: TokenFileError.self, "at byte \(end)") {
                try parse(Array(bytes[..<end]))
            }
            let text = error?.description ?? ""
            #expect(!TokenClocksTests.secrets.contains { text.contains($0) }, "at byte \(end): \(text)")
        }
    }

    /// When a file is overwritten in place with a shorter one, the end of the old content remains for a moment.
    @Test func twoFilesInOneAreAnErrorWithoutSecrets() {
        let bytes = Array(TokenClocksTests.file.utf8)
        for start in bytes.indices {
            let error = #expect(throws: TokenFileError.self) {
                try parse(bytes + bytes[start...])
            }
            let text = error?.description ?? ""
            #expect(!TokenClocksTests.secrets.contains { text.contains($0) })
        }
    }

    @Test(arguments: ["accessToken", "expiresAt"])
    func aKeyThatIsMissingIsNamed(_ key: String) {
        let text = TokenClocksTests.file.replacing("\"\(key)\"", with: "\"other\"")
        let error = #expect(throws: TokenFileError.self) { try parse(text) }
        #expect(error?.description.hasPrefix("key \(key): missing") == true)
    }

    @Test func anAccessTokenIsAText() {
        let text = TokenClocksTests.file.replacing("\"aoaAccessSecret\"", with: "12345")
        let error = #expect(throws: TokenFileError.self) { try parse(text) }
        #expect(error?.description == "key accessToken: missing, or not a string")
    }

    @Test(arguments: [
        ("refreshToken", false), ("clientId", false), ("clientSecret", false), ("registrationExpiresAt", false),
        ("startUrl", true), ("region", true),
    ])
    func botocoreNeedsFourKeysToRefresh(_ key: String, _ isRefreshable: Bool) throws {
        let without = try parse(TokenClocksTests.file.replacing("\"\(key)\"", with: "\"other\""))
        #expect(without.isRefreshable(at: signedIn) == isRefreshable)
        let empty = try parse(TokenClocksTests.file.replacing("\"\(key)\": \"", with: "\"\(key)\": \"\", \"x\": \""))
        #expect(empty.isRefreshable(at: signedIn) == isRefreshable)
    }

    @Test func aRegistrationIsGoodUntilItsEnd() throws {
        let clocks = try parse(TokenClocksTests.file)
        #expect(clocks.isRefreshable(at: signedIn + 90 * day - 1))
        #expect(!clocks.isRefreshable(at: signedIn + 90 * day))
    }

    @Test(arguments: ["", " ", "[]", "\"x\"", "null", "{}", "{\"accessToken\": 1}", "\u{FEFF}{}"])
    func anythingElseIsAnError(_ text: String) {
        #expect(throws: TokenFileError.self) { try parse(text) }
    }

    @Test(arguments: [
        (#"{"clientId": "a", "clientSecret": "b", "expiresAt": "2026-11-23T10:00:00Z", "scopes": []}"#, true),
        (#"{"clientId": "a", "clientSecret": "b", "expiresAt": "2026-11-23T10:00:00UTC"}"#, true),
        (#"{"clientId": "a", "clientSecret": "b"}"#, false), (#"{"clientId": "a", "clientSecret": "#, false),
        (#"{"clientId": "", "clientSecret": "b", "expiresAt": "2026-11-23T10:00:00Z"}"#, false), ("", false),
        (#"{"clientId": "a", "clientSecret": "", "expiresAt": "2026-11-23T10:00:00Z"}"#, false),
        (#"{"clientId": "a", "clientSecret": 12345, "expiresAt": "2026-11-23T10:00:00Z"}"#, false),
        ("\u{FEFF}" + #"{"clientId": "a", "clientSecret": "b", "expiresAt": "2026-11-23T10:00:00Z"}"#, false),
    ])
    func registrations(_ text: String, _ isGood: Bool) {
        let bytes = Array(text.utf8)
        let facts = RegistrationFacts(parsing: bytes.span)
        #expect(facts == (isGood ? .found(expiresAt: signedIn + 3600) : .damaged))
    }
}
