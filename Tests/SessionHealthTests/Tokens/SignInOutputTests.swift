import SessionHealth
import Testing

@Suite struct SignInOutputTests {
    /// AWS CLI 2.9.19, device flow.
    private static let device = """
        Attempting to automatically open the SSO authorization page in your default browser.
        If the browser does not open or you wish to use a different device to authorize this request, open the \
        following URL:

        https://device.sso.us-west-2.amazonaws.com/

        Then enter the code:

        ABCD-EFGH
        Successfully logged into Start URL: https://corp.awsapps.com/start

        """
    /// Later versions add a link that contains the code.
    private static let autofill = """
        https://device.sso.us-west-2.amazonaws.com/

        Then enter the code:

        QRST-7X9Z

        Alternatively, you may visit the following URL which will autofill the code upon loading:
        https://device.sso.us-west-2.amazonaws.com/?user_code=QRST-7X9Z

        """
    private static let authorize =
        "https://oidc.us-west-2.amazonaws.com/authorize?response_type=code&client_id=abc&redirect_uri="
        + "http%3A%2F%2F127.0.0.1%3A41529%2Foauth%2Fcallback&state=5f3c&code_challenge_method=S256"
        + "&scopes=sso%3Aaccount%3Aaccess&code_challenge=x"
    /// PKCE, since 2.22.
    private static let pkce = """
        Attempting to automatically open the SSO authorization page in your default browser.
        If the browser does not open, open the following URL:

        \(authorize)

        Successfully logged into Start URL: https://corp.awsapps.com/start

        """

    @Test(arguments: [
        (device, "https://device.sso.us-west-2.amazonaws.com/?user_code=ABCD-EFGH"),
        (autofill, "https://device.sso.us-west-2.amazonaws.com/?user_code=QRST-7X9Z"), (pkce, nil),
    ])
    func thePageThatKnowsTheCode(_ text: String, _ url: String?) {
        var output = SignInOutput()
        output.append(Array(text.utf8))
        #expect(output.completeURL == url)
    }

    @Test(
        arguments: [
            (device, "https://device.sso.us-west-2.amazonaws.com/", "ABCD-EFGH"),
            (autofill, "https://device.sso.us-west-2.amazonaws.com/?user_code=QRST-7X9Z", "QRST-7X9Z"),
            (pkce, authorize, nil),
        ] as [(String, String, String?)])
    func whereverItIsCut(_ text: String, _ url: String, _ code: String?) {
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            var output = SignInOutput()
            output.append(Array(bytes[..<cut]))
            // Never half of it.
            #expect(output.url.map { text.contains("\($0)\n") } ?? true)
            #expect(output.code.map { $0 == code } ?? true)
            output.append(Array(bytes[cut...]))
            output.finish()
            #expect(output.url == url && output.code == code, "cut at \(cut)")
        }
    }

    @Test func linesForTheJournalHaveNoCodes() {
        var output = SignInOutput()
        output.append(Array(Self.autofill.utf8))
        output.append(Array("token aorAAAAAGd.\(String(repeating: "x", count: 30)) is\nhalf".utf8))
        #expect(
            output.takeLines() == [
                "https://device.sso.us-west-2.amazonaws.com/", "Then enter the code:", "[code]",
                "Alternatively, you may visit the following URL which will autofill the code upon loading:",
                "https://device.sso.us-west-2.amazonaws.com/?[…]", "token […] is",
            ])
        #expect(output.takeLines().isEmpty)
        output.finish()
        #expect(output.takeLines() == ["half"])
    }

    @Test func theStartURLIsNoPlaceToSignIn() {
        var output = SignInOutput()
        output.append(Array("Successfully logged into Start URL: https://corp.awsapps.com/start\n".utf8))
        #expect(output.url == nil && output.reason == nil)
    }

    @Test(arguments: ["abcd-efgh", "ABCDE-FGHI", "ABC-DEFG", "ABCD-EFGH-IJKL", "ABCDEFGH", "ÄBCD-EFGH", "-"])
    func whatIsNoCode(_ word: String) {
        var output = SignInOutput()
        output.append(Array("\(word)\n".utf8))
        #expect(output.code == nil)
    }

    @Test func theLastLineIsKeptWithoutLongRuns() {
        var output = SignInOutput()
        output.append(
            Array("first\nError loading /home/u/.aws/sso/cache/\(String(repeating: "a", count: 40)).json: ".utf8))
        output.append(Array("\(String(repeating: "eyJ", count: 20)) is bad\r\n\n".utf8))
        output.finish()
        let path = "/home/u/.aws/sso/cache/\(String(repeating: "a", count: 40)).json:"
        #expect(output.reason == "Error loading \(path) […] is bad")
    }

    @Test(arguments: [
        (
            "\"https://oidc.us-east-1.amazonaws.com/client/register\"",
            "\"https://oidc.us-east-1.amazonaws.com/client/register\""
        ),
        ("(https://x.test/a?code=s&y#z).", "(https://x.test/a?[…])."), ("\"https://u:p@x.test/\"", "[…]"),
    ])
    func theHostOfALinkIsKept(_ word: String, _ shown: String) {
        var output = SignInOutput()
        output.append(Array("Could not connect to the endpoint URL: \(word)\n".utf8))
        #expect(output.reason == "Could not connect to the endpoint URL: \(shown)")
    }

    /// What 2.9.19 prints, and 2.38.2 with each `cli_error_format`.
    @Test(arguments: [
        (
            "An error occurred (InvalidClientException) when calling the StartDeviceAuthorization operation: \n",
            "An error occurred (InvalidClientException) when calling the StartDeviceAuthorization operation:"
        ),
        (
            "\naws: [ERROR]: An error occurred (InvalidClientException) when calling the CreateToken operation:\n\n"
                + "Additional error details:\nerror: invalid_client\nerror_description: Client has expired\n",
            "aws: [ERROR]: An error occurred (InvalidClientException) when calling the CreateToken operation:"
                + " Client has expired"
        ),
        (
            "{\n    \"Message\": \"\",\n    \"Code\": \"InvalidClientException\",\n    \"error\": \"invalid_client\",\n"
                + "    \"error_description\": \"Client has expired\"\n}\n",
            "InvalidClientException: Client has expired"
        ),
        (
            "Code: InvalidClientException\nMessage: ''\nerror: invalid_client\nerror_description: Client has expired\n",
            "InvalidClientException: Client has expired"
        ),
        (
            "InvalidClientException\t\tinvalid_client\tClient has expired\n",
            "InvalidClientException invalid_client Client has expired"
        ),
        (
            "+------+\n|  UnauthorizedClientException |  Client has expired  |\n+------+\n",
            "| UnauthorizedClientException | Client has expired |"
        ),
    ])
    func aRefusedRegistration(_ text: String, _ reason: String) {
        var output = SignInOutput()
        output.append(Array("Please visit the following URL:\n\(text)".utf8))
        #expect(output.namesUnknownClient && output.reason == reason)
    }

    @Test func anotherErrorIsNone() {
        var output = SignInOutput()
        output.append(Array("{\n \"Message\": \"Slow down\",\n \"Code\": \"SlowDownException\"\n}\n".utf8))
        #expect(!output.namesUnknownClient && output.reason == "SlowDownException: Slow down")
    }

    // MARK: Limits

    private func lines(_ text: String) -> [String] {
        var output = SignInOutput()
        output.append(Array("\(text)\n".utf8))
        return output.takeLines()
    }

    /// What is long may be a secret, unless it is a path.
    @Test func aWordOf32BytesIsMasked() {
        let long = String(repeating: "k", count: 32)
        #expect(lines("key \(long.dropLast())") == ["key \(long.dropLast())"] && lines("key \(long)") == ["key […]"])
        let path = "/home/\(long)/x"
        #expect(lines(path) == [path])
        #expect(lines("/\(long)") == ["[…]"] && lines("a/b\(long)") == ["[…]"] && lines("\(path)+") == ["[…]"])
    }

    @Test func theParametersOfEveryLinkAreMasked() {
        #expect(lines("http://x.test/a?code=s") == ["http://x.test/a?[…]"])
        #expect(lines("https://x.test/a#state") == ["https://x.test/a?[…]"])
    }

    @Test func aLineOfTheJournalHas300Characters() {
        let line = Array(repeating: "word", count: 100).joined(separator: " ")
        #expect(lines(line) == [String(line.prefix(300))])
    }

    @Test func twoHundredLinesAreForTheJournal() {
        var output = SignInOutput()
        for count in 1...250 { output.append(Array("line \(count)\r\n".utf8)) }
        #expect(output.takeLines() == (1...200).map { "line \($0)" })
        output.append(Array("one more\n".utf8))
        #expect(output.takeLines() == [])
        #expect(output.reason == "one more")
    }

    @Test func theFirstAddressCountsUnlessAnotherKnowsTheCode() {
        var output = SignInOutput()
        output.append(Array("http://a.test/\nhttps://b.test/\n".utf8))
        #expect(output.url == "http://a.test/")
        output.append(Array("https://c.test/?user_code=ABCD-EFGH\n".utf8))
        #expect(output.url == "https://c.test/?user_code=ABCD-EFGH")
    }

    @Test func anErrorOfOursNamesNoPlaceAndIsTheReason() {
        var output = SignInOutput()
        output.append(Array("Error: see https://x.test/ ABCD-EFGH\n".utf8))
        #expect(output.url == nil && output.code == nil && output.reason == "Error: see https://x.test/ [code]")
    }

    @Test func errorsThatComeApartAreTheReason() {
        var output = SignInOutput(hasErrorsApart: true)
        output.append(Array("Opening a page\n".utf8))
        for _ in 0..<100 { output.appendError([UInt8](repeating: 0x61, count: 4096)) }
        output.finish()
        #expect(output.reason == "[…]")
        output.appendError(Array("it failed\n".utf8))
        output.finish()
        #expect(output.reason == "it failed")
    }

    @Test func aLineWithoutEndDoesNotGrow() {
        var output = SignInOutput()
        for _ in 0..<100 { output.append([UInt8](repeating: 0x61, count: 4096)) }
        output.append([0xFF, 0xFE, 0x0A])
        #expect(output.reason == "[…]")
    }
}
