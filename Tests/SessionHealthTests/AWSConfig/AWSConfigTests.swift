import SessionHealth
import Testing

@Suite struct AWSConfigTests {
    /// `ü` as one character and as two.
    @Test func namesAreComparedByteByByte() throws {
        let config = try AWSConfig(text: "[profile M\u{FC}ller]\nregion = a\n[profile Mu\u{308}ller]\nregion = b\n")
        #expect(config.profileNames.count == 2)
        #expect(config.ownRegion(of: "M\u{FC}ller") == nil && config.profileNames.map(\.utf8.count) == [7, 8])
        let one = try AWSConfig(text: "[profile Mu\u{308}ller]\nregion = b\n")
        #expect(throws: AWSConfigError.self) { try one.resolve("M\u{FC}ller") }
    }

    static let corp = """

        [sso-session corp]
        sso_start_url = https://corp.test/start
        sso_region = us-east-1
        sso_registration_scopes = sso:account:access , other,
        """

    static let keys = "aws_access_key_id = k\naws_secret_access_key = s\n"
    static let sso = "sso_account_id = 123456789012\nsso_role_name = Dev\n"

    private func resolved(_ text: String, _ name: String = "a", credentials: String? = nil) throws -> ResolvedProfile {
        guard case .sso(let profile) = try AWSConfig(text: text, credentials: credentials).resolve(name) else {
            throw Unexpected()
        }
        return profile
    }

    private struct Unexpected: Error {}

    @Test func ssoSession() throws {
        let profile = try resolved(
            "[profile a]\nsso_session = corp\n\(Self.sso)region = eu-west-1\nca_bundle = /ca.pem\n" + Self.corp)
        #expect(profile.chain == ["a"])
        #expect(profile.accountID == "123456789012")
        #expect(profile.roleName == "Dev")
        #expect(profile.region == "eu-west-1")
        #expect(profile.caBundle == "/ca.pem")
        #expect(profile.session.name == "corp")
        #expect(profile.session.kind == .ssoSession)
        #expect(profile.session.startURL == "https://corp.test/start")
        #expect(profile.session.region == "us-east-1")
        #expect(profile.session.scopes == ["sso:account:access", "other"])
        #expect(profile.signInArguments == ["--profile", "a"])
    }

    @Test func legacy() throws {
        let profile = try resolved(
            "[default]\nsso_start_url = https://x.test/#/\nsso_region = us-east-1\n\(Self.sso)", "default")
        #expect(profile.session == SSOSession(legacyStartURL: "https://x.test/#/", region: "us-east-1"))
        #expect(profile.session.name == "https://x.test/#/")
        #expect(profile.session.scopes == nil)
        #expect(profile.signInArguments == ["--profile", "default"])
    }

    @Test func absentScopesAreNotEmptyOnes() throws {
        let session = "[sso-session s]\nsso_start_url = https://x.test\nsso_region = us-east-1\n"
        #expect(try AWSConfig(text: session).session(named: "s").scopes == nil)
        #expect(try AWSConfig(text: session + "sso_registration_scopes =").session(named: "s").scopes == [])
    }

    @Test func credentialsFileIsLaidOverProfiles() throws {
        let profile = try resolved(
            "[profile a]\nsso_session = corp\n\(Self.sso)" + Self.corp, credentials: "[a]\nsso_role_name = Admin\n")
        #expect(profile.roleName == "Admin")
        #expect(throws: AWSConfigError.self) {
            try AWSConfig(text: "", credentials: Self.corp).session(named: "corp")
        }
    }

    @Test func names() throws {
        let config = try AWSConfig(
            text: "[profile b]\nk = v\n[default]\nk = v\n[preview]\nk = v\n[profile \"a b\"]\nk = v\n[profile x y]\n"
                + "[profile 'open]\n" + Self.corp,
            credentials: "[keys]\nk = v\n[b]\nk = w\n")
        #expect(config.profileNames == ["b", "default", "a b", "keys"])
        #expect(config.sessionNames == ["corp"])
    }

    @Test(arguments: [
        ("[default]\nregion = one\n[profile default]\nregion = two\n", "two"),
        ("[profile default]\nregion = two\n[default]\nregion = one\n", "one"),
    ])
    func laterDefaultReplacesTheOther(text: String, region: String) throws {
        let profile = try resolved(
            text.replacing("region", with: "\(Self.sso)sso_session = corp\nregion") + Self.corp, "default")
        #expect(profile.region == region)
    }

    @Test func chains() throws {
        let text =
            "[profile a]\nrole_arn = arn:a\nsource_profile = b\nregion = here\n"
            + "[profile b]\nrole_arn = arn:b\nsource_profile = c\n[profile c]\nsso_session = corp\nregion = there\n\(Self.sso)"
        let profile = try resolved(text + Self.corp)
        #expect(profile.chain == ["a", "b", "c"])
        #expect(profile.region == "here")
        #expect(profile.signInArguments == ["--sso-session", "corp"])
        let legacy = try resolved(
            "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nsso_start_url = https://x.test\n"
                + "sso_region = us-east-1\n\(Self.sso)")
        #expect(legacy.signInArguments == ["--profile", "b"])
    }

    /// The precedence of credential sources: what each profile would use.
    @Test(
        arguments: [
            ("[profile a]\nregion = x\n", .nothing),
            ("[profile a]\naws_access_key_id = k\naws_secret_access_key = s\n", .accessKeys),
            ("[profile a]\ncredential_process = p\naws_access_key_id = k\n", .credentialProcess),
            ("[profile a]\ncredential_process = p\nlogin_session = l\n", .loginSession("l")),
            ("[profile a]\nrole_arn = r\nweb_identity_token_file = f\n\(sso)", .webIdentity("f")),
            ("[profile a]\nrole_arn = r\ncredential_source = Environment\n", .credentialSource),
            ("[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\n\(keys)", .accessKeys),
            ("[profile a]\nrole_arn = r\nsource_profile = a\n\(keys)", .accessKeys),
            (
                "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = b\n"
                    + "aws_secret_access_key = s\naws_access_key_id = k\n", .accessKeys
            ),
            ("[profile a]\nsso_session = corp\n\(keys)" + corp, .accessKeys),
        ] as [(String, Unguarded.Source)])
    func unguarded(text: String, source: Unguarded.Source) throws {
        guard case .unguarded(let found) = try AWSConfig(text: text).resolve("a") else { throw Unexpected() }
        #expect(found.source == source)
        #expect(found.description.contains(found.profile))
    }

    @Test func unguardedOrderAcrossFiles() throws {
        let config = try AWSConfig(
            text: "[profile a]\nlogin_session = l\n", credentials: "[a]\n\(Self.keys)")
        guard case .unguarded(let found) = try config.resolve("a") else { throw Unexpected() }
        #expect(found.source == .accessKeys)
        #expect(found.place?.description == "credentials:2")
        guard case .unguarded(let nothing) = try config.resolve("default") else { throw Unexpected() }
        #expect(nothing.source == .nothing)
    }

    /// SSO settings take precedence over access keys and processes in the same profile.
    @Test func ssoBeforeKeys() throws {
        let profile = try resolved(
            "[profile a]\nsso_session = corp\ncredential_process = p\n\(Self.sso)" + Self.corp,
            credentials: "[a]\naws_access_key_id = k\naws_secret_access_key = s\n")
        #expect(profile.session.name == "corp")
        let own = try resolved(
            "[profile a]\nrole_arn = r\nsource_profile = a\naws_access_key_id = k\nsso_session = corp\n\(Self.sso)"
                + Self.corp)
        #expect(own.chain == ["a"])
    }
}
