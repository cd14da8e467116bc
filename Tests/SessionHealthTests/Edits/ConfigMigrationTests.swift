import SessionHealth
import Testing

@Suite struct ConfigMigrationTests {
    private func migrate(
        _ text: String, _ profile: String = "old", session: String? = nil, credentials: String? = nil
    ) throws(ConfigEdit.Refusal) -> ConfigEdit {
        try ConfigEdit(
            of: ConfigFile(path: "config", bytes: Array(text.utf8)),
            credentials: ConfigFile(path: "credentials", bytes: credentials.map { Array($0.utf8) }),
            migrating: profile, sessionName: session)
    }

    private func migrated(_ text: String, _ profile: String = "old", session: String? = nil) throws -> String {
        let edit = try migrate(text, profile, session: session)
        let after = String(decoding: edit.bytes, as: UTF8.self)
        let again = try migrate(after, profile)
        #expect(again.changes.isEmpty)
        #expect(again.bytes == edit.bytes)
        #expect(again.session == edit.session)
        return after
    }

    private static let url = "https://corp.awsapps.com/start"

    /// Before and after; both without the session added at the end.
    @Test(arguments: [
        (
            "[profile old]\nsso_start_url = \(url)\nsso_region = us-east-1\nsso_account_id = 123456789012\nsso_role_name = Dev\n",
            "[profile old]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\n"
        ),
        (
            "# mine\n[profile old]\n; account\nsso_account_id=123456789012\nsso_region=us-east-1\n# url\nsso_start_url=\(url)\n"
                + "sso_role_name=Dev\n#end\n[profile b]\nregion=x\n",
            "# mine\n[profile old]\n; account\nsso_account_id=123456789012\n# url\nsso_session=corp\n"
                + "sso_role_name=Dev\n#end\n[profile b]\nregion=x\n"
        ),
        (
            "[profile old]\n\tsso_start_url\t=\t\(url)  \n\tsso_region\t=\tus-east-1\n\tsso_account_id = 123456789012\n"
                + "\tsso_role_name = Dev\n\toutput = json\n",
            "[profile old]\n\tsso_session\t=\tcorp\n\tsso_account_id = 123456789012\n\tsso_role_name = Dev\n\toutput = json\n"
        ),
        (
            "[profile old]\nsso_start_url: \(url)\nsso_region:us-east-1\nsso_account_id = 123456789012\nsso_role_name = Dev\n",
            "[profile old]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\n"
        ),
        (
            "[default]\nSSO_Start_URL = \(url)\nSSO_Region = us-east-1\nsso_account_id = 123456789012\nsso_role_name = Dev\n"
                + "s3 =\n  max_queue_size = 1\n",
            "[default]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\ns3 =\n  max_queue_size = 1\n"
        ),
        (
            "[profile 'old']  ; mine\nregion = x\n\nsso_role_name = Dev\nsso_account_id = 123456789012\nsso_start_url = \(url)\n"
                + "sso_region = us-east-1\n",
            "[profile 'old']  ; mine\nregion = x\n\nsso_role_name = Dev\nsso_account_id = 123456789012\nsso_session = corp\n"
        ),
        (
            "#[profile old]\n#sso_session = x\n\n[profile old]\nsso_account_id = 123456789012\nsso_role_name = Dev\n"
                + "sso_start_url = \(url)\nsso_region = us-east-1",
            "#[profile old]\n#sso_session = x\n\n[profile old]\nsso_account_id = 123456789012\nsso_role_name = Dev\n"
                + "sso_session = corp\n"
        ),
    ])
    func movesTheSessionAndKeepsTheRest(before: String, after: String) throws {
        let name = before.contains("[default]") ? "default" : "old"
        let spacing = before.contains("=https") ? "=" : before.contains("\t=\t") ? "\t=\t" : " = "
        let session =
            "\n[sso-session corp]\nsso_start_url\(spacing)\(Self.url)\nsso_region\(spacing)us-east-1\n"
            + "sso_registration_scopes\(spacing)sso:account:access\n"
        #expect(try migrated(before, name) == after + session)
        #expect(try migrated(before.crlf, name) == (after + session).crlf)
    }

    private static let legacy =
        "[profile old]\nsso_start_url = \(url)\nsso_region = us-east-1\nsso_account_id = 123456789012\nsso_role_name = Dev\n"
    private static let done = "[profile old]\nsso_session = NAME\nsso_account_id = 123456789012\nsso_role_name = Dev\n"
    private static func session(_ name: String, _ scopes: String? = "sso:account:access") -> String {
        "[sso-session \(name)]\nsso_start_url = \(url)\nsso_region = us-east-1\n"
            + (scopes.map { "sso_registration_scopes = \($0)\n" } ?? "")
    }

    @Test func takesASessionOfTheSameStartURL() throws {
        let other = Self.session("zz")
        #expect(try migrated(other + Self.legacy) == other + Self.done.replacing("NAME", with: "zz"))
        #expect(try migrated(Self.legacy + other) == Self.done.replacing("NAME", with: "zz") + other)
    }

    @Test(arguments: [
        session("corp").replacing("us-east-1", with: "us-east-2"), session("corp").replacing("/start", with: "/start/"),
        session("corp", nil), session("corp", "other:scope"),
    ])
    func makesItsOwnWhereThereIsNoneToShare(other: String) throws {
        let expected = other + Self.done.replacing("NAME", with: "corp-2") + "\n" + Self.session("corp-2")
        #expect(try migrated(other + Self.legacy) == expected)
        let three = Self.session("corp-2", nil) + other
        #expect(try migrated(three + Self.legacy).contains("[sso-session corp-3]"))
    }

    @Test func twoOfOneStartURLShareTheSession() throws {
        let second = Self.legacy.replacing("old", with: "second")
        let once = try migrated(Self.legacy + "\n" + second)
        let twice = try migrated(once, "second")
        let both = Self.done + "\n" + Self.done.replacing("old", with: "second") + "\n" + Self.session("corp")
        #expect(twice == both.replacing("NAME", with: "corp"))
    }

    @Test func scopesMoveWithTheSession() throws {
        let scoped = Self.legacy + "sso_registration_scopes = sso:account:access, x:y\n"
        let made = Self.done.replacing("NAME", with: "corp") + "\n" + Self.session("corp", "sso:account:access,x:y")
        #expect(try migrated(scoped) == made)
        // A session that requests fewer is not shared.
        #expect(try migrated(Self.session("corp") + scoped).contains("[sso-session corp-2]"))
        // One without the account scope gets it, and then requests all of them.
        #expect(
            try migrated(Self.session("corp", "x:y") + scoped, session: "corp").contains(
                "sso_registration_scopes = x:y,sso:account:access\n"))
        // x:y is no part of x:yz.
        #expect(throws: ConfigEdit.Refusal.self) {
            try migrate(Self.session("corp", "x:yz") + scoped, session: "corp")
        }
        let other = Self.legacy + "sso_registration_scopes = x:y\n"
        #expect(try migrated(other).contains("sso_registration_scopes = x:y,sso:account:access\n"))
        let refusal = #expect(throws: ConfigEdit.Refusal.self) {
            try migrate(Self.session("corp") + other, session: "corp")
        }
        #expect(refusal?.description.contains("does not request the scope \"x:y\"") == true)
    }

    @Test func aNameOfOnesOwn() throws {
        let expected = Self.done.replacing("NAME", with: "mine") + "\n" + Self.session("mine")
        #expect(try migrated(Self.legacy, session: "mine") == expected)
        // An existing session gets the missing scope.
        let lacking = Self.session("mine", nil)
        let shared = Self.session("mine") + Self.done.replacing("NAME", with: "mine")
        #expect(try migrated(lacking + Self.legacy, session: "mine") == shared)
    }

    @Test func theLastOfAChain() throws {
        let chain = "[profile role]\nrole_arn = arn:x\nsource_profile = old\n"
        let after = chain + Self.done.replacing("NAME", with: "corp") + "\n" + Self.session("corp")
        #expect(try migrated(chain + Self.legacy, "role") == after)
    }

    @Test(arguments: [
        (nil, "sso:account:access"), ("", "sso:account:access"), ("a:b, c", "a:b,c,sso:account:access"),
    ])
    func givesASessionTheScopeThatItLacks(scopes: String?, after: String) throws {
        let profile = "# mine\n" + Self.done.replacing("NAME", with: "corp")
        #expect(try migrated(Self.session("corp", scopes) + profile) == Self.session("corp", after) + profile)
    }

    @Test func whatCanBeRefreshedIsLeftAlone() throws {
        let text = Self.session("corp", "a:b , sso:account:access") + Self.done.replacing("NAME", with: "corp")
        let edit = try migrate(text)
        #expect(edit.changes.isEmpty)
        #expect(edit.bytes == Array(text.utf8))
        #expect(edit.session == "corp")
    }

    @Test(
        arguments: [
            ("[profile old]\naws_access_key_id = a\naws_secret_access_key = b\n", nil, "uses access keys (config:2)"),
            ("[profile older]\n", nil, "no profile \"old\""),
            (legacy + "credential_process = p\n", nil, "config:6: [profile old] has a credential_process"),
            (legacy.replacing("/start\n", with: "/start # corp\n"), nil, "Move the comment at config:2 to a line"),
            (legacy.replacing("9012\n", with: "9012 ; prod\n"), nil, "Move the comment at config:4 to a line"),
            (legacy.replacing("sso_role_name =", with: "sso_role_name:"), nil, "config:5: sso_role_name"),
            (legacy.replacing("us-east-1\n", with: "us-east-1\n  more\n"), nil, "config:3"),
            (
                legacy.replacing("/start\n", with: "/start\n  more\n"), nil,
                "config:2: sso_start_url continues in the indented"
            ),
            (
                "[DEFAULT]\nsso_start_url = \(url)\n" + legacy.replacing("sso_start_url = \(url)\n", with: ""), nil,
                "[DEFAULT]"
            ),
            ("[DEFAULT]\nsso_region = us-east-2\n" + legacy, nil, "sso_region differs"),
            (
                legacy, "[old]\nsso_start_url = \(url)\n",
                "credentials:2: sso_start_url of [profile old] is in the credentials"
            ),
            ("", "[old]\n" + legacy.dropFirst(14), "Move the sso_ lines from there to [profile old] in config"),
            ("[profile  old]\n" + legacy.dropFirst(14), nil, "config:1"),
            ("[profile a b]\n" + legacy.dropFirst(14), nil, "no profile"),
            (legacy + legacy, nil, "config:6: [profile old] again"),
            ("\u{FEFF}" + legacy, nil, "byte order mark"),
            (session("corp", "none yet") + done.replacing("NAME", with: "corp"), nil, "not a list of scopes"),
            (
                session("corp") + done.replacing("NAME", with: "corp").replacing("sso_acc", with: "x"), nil,
                "sso_account_id"
            ),
        ] as [(String, String?, String)])
    func refuses(text: String, credentials: String?, expected: String) {
        let refusal = #expect(throws: ConfigEdit.Refusal.self) { try migrate(text, credentials: credentials) }
        #expect(refusal?.description.contains(expected) == true, "\(refusal?.description ?? "")")
    }

    @Test(arguments: [("corp", "--sso-session"), ("a b", "--sso-session")])
    func refusesANameThatIsTakenOrLost(name: String, expected: String) {
        let other = Self.session("corp").replacing("us-east-1", with: "us-east-2")
        let refusal = #expect(throws: ConfigEdit.Refusal.self) { try migrate(other + Self.legacy, session: name) }
        #expect(refusal?.description.contains(expected) == true)
    }

    /// Account and role may be in the credentials file, along with keys that a sign-in does not need.
    @Test func aProfileInBothFiles() throws {
        let text = "[profile old]\nsso_start_url = \(Self.url)\nsso_region = us-east-1\n"
        let more = "[old]\nsso_account_id = 123456789012\nsso_role_name = Dev\nregion = x\n"
        let edit = try migrate(text, credentials: more)
        #expect(
            String(decoding: edit.bytes, as: UTF8.self) == "[profile old]\nsso_session = corp\n\n"
                + Self.session("corp"))
    }
}
