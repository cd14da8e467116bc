import SessionHealth
import Testing

@Suite struct ConfigEditTests {
    static let new = NewProfile(
        name: "work", session: "corp", startURL: "https://corp.awsapps.com/start", ssoRegion: "us-east-1",
        accountID: "123456789012", roleName: "Dev", region: "us-west-2")

    static let session = """
        [sso-session corp]
        sso_start_url = https://corp.awsapps.com/start
        sso_region = us-east-1
        sso_registration_scopes = sso:account:access

        """
    static let profile = """
        [profile work]
        sso_session = corp
        sso_account_id = 123456789012
        sso_role_name = Dev
        region = us-west-2

        """

    private func add(
        _ text: String?, credentials: String? = nil, _ profile: NewProfile = Self.new
    ) throws(ConfigEdit.Refusal) -> ConfigEdit {
        try ConfigEdit(
            of: ConfigFile(path: "config", bytes: text.map { Array($0.utf8) }),
            credentials: ConfigFile(path: "credentials", bytes: credentials.map { Array($0.utf8) }), adding: profile)
    }

    /// Adds a profile; checks that repeating it changes nothing, and that undoing it restores the file.
    private func added(_ text: String?, _ profile: NewProfile = Self.new) throws -> String {
        let edit = try add(text, profile)
        #expect(edit.session == profile.session)
        let again = try add(String(decoding: edit.bytes, as: UTF8.self), profile)
        #expect(again.bytes == edit.bytes)
        #expect(again.changes.isEmpty)
        return String(decoding: edit.bytes, as: UTF8.self)
    }

    @Test(arguments: [nil, ""])
    func writesANewFile(before: String?) throws {
        #expect(try added(before) == Self.session + "\n" + Self.profile)
    }

    @Test(arguments: [
        ("[profile a]\nregion = x\n", "[profile a]\nregion = x\n\n"),
        ("[profile a]\nregion = x", "[profile a]\nregion = x\n\n"),
        ("[profile a]\nregion = x\n\n", "[profile a]\nregion = x\n\n"),
        ("[profile a]\nregion = x\n  ", "[profile a]\nregion = x\n  \n"),
        ("# [profile work]\n# sso_session = corp\n", "# [profile work]\n# sso_session = corp\n\n"),
        ("[work]\nregion = x\n", "[work]\nregion = x\n\n"),
        ("[profile a]\n\tregion = x\n\toutput = json\n", "[profile a]\n\tregion = x\n\toutput = json\n\n"),
        ("[DEFAULT]\noutput = json\n", "[DEFAULT]\noutput = json\n\n"),
        ("[profile a]\ns3 =\n  max_queue_size = 1", "[profile a]\ns3 =\n  max_queue_size = 1\n\n"),
    ])
    func appendsToWhatIsThere(before: String, kept: String) throws {
        #expect(try added(before) == kept + Self.session + "\n" + Self.profile)
    }

    @Test func keepsCarriageReturns() throws {
        let expected = "[profile a]\r\nregion = x\r\n\r\n" + (Self.session + "\n" + Self.profile).crlf
        #expect(try added("[profile a]\r\nregion = x\r\n") == expected)
        #expect(try added("[profile a]\r\nregion = x\r\n\r\n") == expected)
    }

    @Test func takesASessionThatIsThere() throws {
        #expect(try added(Self.session) == Self.session + "\n" + Self.profile)
        let quoted = Self.session.replacing("[sso-session corp]", with: "[sso-session 'corp']")
        #expect(try added(quoted) == quoted + "\n" + Self.profile)
    }

    @Test func givesASessionTheScopeThatItLacks() throws {
        let lacking = Self.session.replacing("sso_registration_scopes = sso:account:access\n", with: "")
        #expect(try added(lacking) == Self.session + "\n" + Self.profile)
    }

    @Test func theDefaultProfileHasNoPrefix() throws {
        var profile = Self.new
        profile.name = "default"
        profile.region = nil
        let expected = Self.profile.replacing("profile work", with: "default")
            .replacing("region = us-west-2\n", with: "")
        #expect(try added(nil, profile) == Self.session + "\n" + expected)
    }

    @Test func aProfileThatSaysTheSameIsLeftAlone() throws {
        let text =
            "[profile 'work']\nregion=us-west-2\nsso_role_name=Dev\nsso_account_id=123456789012\n"
            + "sso_session=corp\n# mine\n\(Self.session)"
        #expect(try added(text) == text)
    }

    @Test(
        arguments: [
            ("[profile work]\nregion = us-west-2\n", nil, "config:1: profile work already exists"),
            (
                "\n[profile work]\nsso_start_url = x\nsso_region = us-east-1\n", nil,
                "config:2: profile work already exists"
            ),
            (
                nil, "[work]\naws_access_key_id = a\naws_secret_access_key = b\n",
                "credentials:1: profile work already exists"
            ),
            (
                Self.session.replacing("corp.aws", with: "other.aws"), nil,
                "another start URL or region. Nothing was changed."
            ),
            (Self.session.replacing("us-east-1", with: "us-east-2"), nil, "name: --sso-session."),
            ("[profile a]\n[profile a]\n", nil, "config:2: [profile a] again, after line 1; the AWS CLI refuses"),
            ("\u{FEFF}[profile a]\n", nil, "byte order mark"),
            ("region = x\n", nil, "config:1: text before the first [section]"),
            ("[DEFAULT]\nsso_start_url = https://elsewhere\n", nil, "sso_start_url differs"),
            (
                Self.session.replacing("[sso-session corp]", with: "[sso-session  corp]"), nil,
                "Claude Code does not see it"
            ),
            (Self.session.replacing("us-east-1", with: "us-east-1 # x"), nil, "another start URL or region"),
        ] as [(String?, String?, String)])
    func refuses(text: String?, credentials: String?, expected: String) {
        let refusal = #expect(throws: ConfigEdit.Refusal.self) { try add(text, credentials: credentials) }
        #expect(refusal?.description.contains(expected) == true, "\(refusal?.description ?? "")")
        #expect(refusal?.description.contains("Nothing was changed.") == true)
    }

    private static func changed(_ change: (inout NewProfile) -> Void) -> NewProfile {
        var profile = new
        change(&profile)
        return profile
    }

    @Test(arguments: [
        (changed { $0.name = "a b" }, "--profile"), (changed { $0.name = "" }, "--profile"),
        (changed { $0.name = "a]" }, "--profile"), (changed { $0.session = "corp\n" }, "--sso-session"),
        (changed { $0.session = "ümlaut" }, "--sso-session"),
        (changed { $0.startURL = "https://x\nregion = y" }, "--sso-start-url"),
        (changed { $0.ssoRegion = "us-east-1.evil" }, "--sso-region"), (changed { $0.region = "" }, "--region"),
        (changed { $0.accountID = "" }, "--account-id"), (changed { $0.roleName = "De v" }, "--role-name"),
    ])
    func refusesWhatCannotBeWritten(profile: NewProfile, flag: String) {
        let refusal = #expect(throws: ConfigEdit.Refusal.self) { try add(nil, profile) }
        #expect(refusal?.reason.contains(flag) == true)
        #expect(refusal?.reason.contains("\n") == false)
    }

    @Test func aThousandProfiles() throws {
        let text = (0..<1000).map { "[profile p\($0)]\nregion = us-east-1\n\n" }.joined()
        #expect(try added(text) == text + Self.session + "\n" + Self.profile)
    }

    @Test(arguments: [
        ("https://corp.awsapps.com/start", "corp"), ("https://d-1234567890.awsapps.com/start/#/", "d-1234567890"),
        ("https://start.us-gov-home.awsapps.com/directory/d-99", "d-99"), ("http://127.0.0.1:8080/start", "sso"),
        ("https://identitycenter.amazonaws.com/ssoins-722", "ssoins-722"), ("", "sso"), ("https://é.example/", "sso"),
        ("https://ssoins-1.portal.us-east-1.app.aws", "ssoins-1"), ("corp", "corp"),
    ])
    func namesASessionAfterItsStartURL(url: String, name: String) {
        #expect(StartURL.sessionName(for: url, isTaken: { _ in false }) == name)
    }

    @Test(arguments: [
        ("https://ssoins-1234.portal.us-east-1.app.aws", "us-east-1"),
        ("https://ssoins-1234.portal.eu-central-1.app.aws/", "eu-central-1"),
        ("https://d-1234.eu-central-1.portal.amazonaws.com", "eu-central-1"),
        ("https://corp.awsapps.com/start", nil), ("https://corp.portal.app.aws", nil), ("", nil),
        ("https://a.b.c.amazonaws.com", nil),
    ])
    func readsTheRegionOfAStartURL(url: String, region: String?) {
        #expect(StartURL.region(in: url) == region)
    }
}

extension String {
    var crlf: String { replacing("\n", with: "\r\n") }
}
