import SessionHealth
import Testing

@Suite struct AWSConfigErrorTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var text: String
        var code: String
        var message: String
        var fix: String
        var testDescription: String { message }
    }

    private static let sso = AWSConfigTests.sso
    private static let corp = AWSConfigTests.corp

    static let rows = [
        Row(
            text: "[profile ab]\n[profile zebra]\n", code: "no-such-profile", message: "no profile \"a\"",
            fix: "Did you mean \"ab\"? Otherwise choose another one (zebra), or create it: bedrock-agent setup"),
        Row(
            text: "", code: "no-such-profile", message: "no profile \"a\"", fix: "Create it: bedrock-agent setup"),
        Row(
            text: "[profile ab]\n", code: "no-such-profile", message: "no profile \"a\"",
            fix: "Did you mean \"ab\"? Otherwise create it: bedrock-agent setup"),
        Row(
            text: ["one", "two", "three", "four", "five", "six"].map { "[profile \($0)]\n" }.joined(),
            code: "no-such-profile", message: "no profile \"a\"",
            fix: "Choose another one (one, two, three, four, five, …), or create it: bedrock-agent setup"),
        Row(
            text: "[a]\nregion = x\n", code: "no-such-profile",
            message: "no profile \"a\": config:1 has [a], which is not a profile", fix: "Write [profile a] at config:1."
        ),
        Row(
            text: "[profile a]\nsso_session = crop\n\(sso)" + corp, code: "no-such-session",
            message: "config:2: no section [sso-session crop] in the config file",
            fix: "Did you mean \"corp\"? Correct config:2. Otherwise make a new profile: bedrock-agent setup"),
        Row(
            text: "[profile a]\nsso_session = other\n\(sso)" + corp, code: "no-such-session",
            message: "config:2: no section [sso-session other] in the config file",
            fix: "Name another one at config:2 (corp), or make a new profile: bedrock-agent setup"),
        Row(
            text: "[profile a]\nsso_session = s\n\(sso)[sso-session s]\n", code: "profile-incomplete",
            message: "config:5: [sso-session s] has no sso_start_url, sso_region",
            fix: "Add sso_start_url and sso_region below config:5."),
        Row(
            text: "[profile a]\nsso_start_url = https://x.test\nsso_region =\n\(sso)", code: "profile-incomplete",
            message: "config:1: [profile a] has no sso_region", fix: "Add sso_region below config:1."),
        Row(
            text: "[profile a]\nsso_session = corp\nsso_account_id = 1\n" + corp, code: "profile-incomplete",
            message: "config:1: [profile a] has no sso_role_name", fix: "Add sso_role_name below config:1."),
        Row(
            text: "[profile a]\nsso_session = corp\n" + corp, code: "profile-incomplete",
            message: "config:1: [profile a] has no sso_account_id, sso_role_name",
            fix: "Add sso_account_id and sso_role_name below config:1."),
        Row(
            text: "[profile a]\nsso_session = corp\nsso_region = us-west-2\n\(sso)" + corp,
            code: "profile-contradicts-itself",
            message: "config:3: sso_region differs from the one in the sso-session (config:9)",
            fix: "Remove sso_region at config:3; the sso-session has it."),
        Row(
            text: "[profile a]\nsso_start_url = https://x.test\nsso_region = us-east-1 # home\n\(sso)",
            code: "bad-region", message: "config:3: sso_region is \"us-east-1 # home\", which is not a region name",
            fix: "Write sso_region at config:3 as a region such as us-east-1, with nothing after it."),
        Row(
            text: "[profile a]\nrole_arn = r\nsource_profile = bb\n[profile b]\n", code: "no-such-profile",
            message: "config:3: source_profile of \"a\" is \"bb\", which does not exist",
            fix: "Did you mean \"b\"? Correct config:3."),
        Row(
            text: "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = c\n"
                + "[profile c]\nrole_arn = r\nsource_profile = a\n",
            code: "profile-loop", message: "config:9: source_profile forms a loop: a -> b -> c -> a",
            fix: "Make source_profile at config:9 name a profile with its own credentials."),
        Row(
            text: "[profile a]\nrole_arn = r\nsource_profile = a\n", code: "profile-loop",
            message: "config:3: source_profile forms a loop: a -> a",
            fix: "Make source_profile at config:3 name a profile with its own credentials."),
        Row(
            text: "[profile a]\nrole_arn = r\n", code: "profile-incomplete",
            message: "config:2: [profile a] has no source_profile", fix: "Add source_profile below config:2."),
        Row(
            text: "[profile a]\nrole_arn =\nsource_profile = b\n[profile b]\nsso_session = corp\n\(sso)" + corp,
            code: "profile-incomplete", message: "config:1: [profile a] has no role_arn",
            fix: "Add role_arn below config:1."),
        Row(
            text: "[profile a]\nrole_arn =\n  x = 1\nsource_profile = b\n[profile b]\nsso_session = corp\n\(sso)"
                + corp,
            code: "profile-incomplete", message: "config:1: [profile a] has no role_arn",
            fix: "Add role_arn below config:1."),
        Row(
            text: "[profile a]\nrole_arn = r\nsource_profile = b\ncredential_source = Environment\n[profile b]\n",
            code: "profile-contradicts-itself",
            message: "config:1: \"a\" has both source_profile and credential_source",
            fix: "Keep one of the two keys below config:1."),
        Row(
            text: "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nregion = x\n",
            code: "profile-incomplete", message: "config:4: \"b\" is used as a source_profile but has no credentials",
            fix: "Add SSO settings to \"b\": aws configure sso --profile b"),
        Row(
            text: "[Profile a]\nregion = x\n", code: "no-such-profile",
            message: "no profile \"a\": config:1 has [Profile a], which is not a profile",
            fix: "Write [profile a] at config:1."),
        Row(
            text: "[profile a]\nrole_arn = r\nsource_profile = base\n[base]\n", code: "no-such-profile",
            message: "config:3: source_profile of \"a\" is \"base\", which does not exist: config:4 has [base], "
                + "which is not a profile",
            fix: "Write [profile base] at config:4."),
        Row(
            text: "[profile a]\nsso_session = corp\n\(sso)[sso_session corp]\n", code: "no-such-session",
            message: "config:2: no section [sso-session corp] in the config file: config:5 has [sso_session corp], "
                + "which is not read as one",
            fix: "Write [sso-session corp] at config:5."),
        Row(
            text: "[profile a]\nsso_session = s\n\(sso)[sso-session s]\nsso_start_url = https://x.test\n"
                + "  sso_region = us-east-1\n",
            code: "profile-incomplete",
            message: "config:7: sso_region is indented, so the AWS CLI reads it as part of sso_start_url",
            fix: "Remove the white space at the start of config:7."),
        Row(
            text: "[profile a]\nsso_session = corp\nregion =\n  sso_account_id = 123456789012\nsso_role_name = Dev\n"
                + corp, code: "profile-incomplete",
            message: "config:4: sso_account_id is indented, so the AWS CLI reads it as part of region",
            fix: "Remove the white space at the start of config:4."),
        Row(
            text: "[profile a]\nsso_session = corp\nsso_account_id = 12345678901\nsso_role_name = Dev\n" + corp,
            code: "bad-account", message: "config:3: sso_account_id is \"12345678901\", which is not 12 digits",
            fix: "Write the 12 digits of the account alone at config:3; zeros may be missing in front."),
        Row(
            text: "[profile a]\nsso_session = corp\nsso_account_id = 1234-5678-9012\nsso_role_name = Dev\n" + corp,
            code: "bad-account", message: "config:3: sso_account_id is \"1234-5678-9012\", which is not 12 digits",
            fix: "Write the 12 digits of the account alone at config:3."),
        Row(
            text: "[profile a]\nsso_start_url = 'https://x.test'\nsso_region = us-east-1\n\(sso)",
            code: "bad-start-url", message: "config:2: sso_start_url is \"'https://x.test'\", which is not an address",
            fix: "Write the address of the access portal alone at config:2: https://…, without quotes."),
        Row(
            text: "[profile a]\nsso_start_url = https://x.test\n  more\nsso_region = us-east-1\n\(sso)",
            code: "bad-start-url", message: "config:2: sso_start_url continues in the indented line below it",
            fix: "Write the address of the access portal alone at config:2: https://…, without quotes."),
        Row(
            text: "[profile a]\nrole_arn = r\ncredential_source = environment\n", code: "unknown-credential-source",
            message: "config:3: credential_source is \"environment\", and there is none of that name",
            fix: "Write Environment, Ec2InstanceMetadata or EcsContainer at config:3."),
        Row(
            text: "[profile a]\nregion = x\naws_access_key_id = k\n", code: "profile-incomplete",
            message: "config:3: [profile a] has no aws_secret_access_key",
            fix: "Add aws_secret_access_key below config:3."),
    ]

    @Test(arguments: rows) func says(row: Row) throws {
        let config = try AWSConfig(text: row.text)
        let error = try #require(throws: AWSConfigError.self) { try config.resolve("a") }
        let finding = error.finding(about: "a")
        #expect(finding.codeName == row.code)
        #expect(finding.severity == .error)
        #expect(finding.message == row.message)
        #expect(finding.fix == row.fix)
    }

    /// Names that share a long part are not alike.
    @Test func guessesOnlyWhatIsNear() throws {
        let config = try AWSConfig(text: "[profile old-profile]\n[profile work-dev]\n")
        let gone = try #require(throws: AWSConfigError.self) { try config.resolve("gone-profile") }
        #expect(gone.fix == "Choose another one (old-profile, work-dev), or create it: bedrock-agent setup")
        let mistyped = try #require(throws: AWSConfigError.self) { try config.resolve("work-dve") }
        #expect(mistyped.fix.hasPrefix("Did you mean \"work-dev\"?"))
    }

    @Test func namesWhatIsInTheCredentialsFile() throws {
        let config = try AWSConfig(
            text: "[profile b]\nsso_session = corp\n\(Self.sso)",
            credentials: "[profile a]\nregion = x\n[sso-session corp]\nregion = x\n")
        let profile = try #require(throws: AWSConfigError.self) { try config.resolve("a") }
        #expect(profile.description == "no profile \"a\": credentials:1 has [profile a], which is not a profile")
        #expect(profile.fix == "Write [a] at credentials:1: in that file, profiles have no prefix.")
        let session = try #require(throws: AWSConfigError.self) { try config.resolve("b") }
        #expect(session.fix == "Move [sso-session corp] from credentials:3 to config.")
    }

    /// A value that continues on the next line, which may be a secret, is shown without that line.
    @Test func showsNoSecret() throws {
        let config = try AWSConfig(
            text:
                "[profile a]\nsso_start_url = https://x.test\nsso_region = us-east-1\n  aws_secret_access_key = HUSH\n\(Self.sso)"
        )
        let error = try #require(throws: AWSConfigError.self) { try config.resolve("a") }
        #expect(error.description.contains("\"us-east-1…\""))
        #expect(!error.description.contains("HUSH"))
    }
}
