import SessionHealth
import Testing

@Suite struct ReadingDifferencesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var text: String
        var profile = "a"
        var message: String
        var fix: String
        var testDescription: String { message }
    }

    static let rows = [
        Row(
            text: "[profile a]\nregion = us-east-1 # home\n",
            message:
                "config:2: region of [profile a]: the AWS CLI reads \"us-east-1 # home\", Claude Code reads \"us-east-1\"",
            fix: "Move the comment at config:2 to a line of its own."),
        Row(
            text: "[profile a]\nregion: us-east-1\noutput = json\n",
            message: "config:2: region of [profile a]: the AWS CLI reads \"us-east-1\", Claude Code reads nothing",
            fix: "Write region = value at config:2, not region: value."),
        Row(
            text: "[profile a]\nRegion = us-east-1\n",
            message: "config:2: region of [profile a]: the AWS CLI reads \"us-east-1\", Claude Code reads nothing",
            fix: "Write region in lower case at config:2."),
        Row(
            text: "[profile a]\nregion = us-east-1\n  output = json\n",
            message:
                "config:2: region of [profile a]: the AWS CLI reads \"us-east-1…\", Claude Code reads \"us-east-1\"",
            fix: "Remove the white space before the lines that follow config:2: the AWS CLI adds them to region."),
        Row(
            text: "[profile a]\noutput = json\n  region = us-east-1\n",
            message: "config:3: region of [profile a]: the AWS CLI reads nothing, Claude Code reads \"us-east-1\"",
            fix: "Remove the white space at the start of line 3: region = value."),
        Row(
            text: "[profile a]\n  s3 =\n    x = 1\n  region = us-east-1\n",
            message: "config:4: region of [profile a]: the AWS CLI reads \"us-east-1\", Claude Code reads nothing",
            fix: "Remove the white space at the start of config:4: Claude Code reads it as part of the block above."),
        Row(
            text: "[profile a]\nregion = us_west\n",
            message:
                "config:2: region is \"us_west\", which is not a region name: the AWS CLI fails with it, Claude Code uses us-east-1 unless AWS_REGION is set",
            fix: "Write region at config:2 as a region such as us-east-1, with nothing after it."),
        Row(
            text: "[profile a]\nregion =\n  region = us-east-1\n",
            message:
                "config:2: region is a block of keys, which is not a region name: the AWS CLI fails with it, Claude Code uses us-east-1 unless AWS_REGION is set",
            fix: "Write region at config:2 as a region such as us-east-1, with nothing after it."),
        Row(
            text: "[profile a]\nrole_arn = r\nsource_profile = b\nsso_session = gone\n",
            message:
                "config:4: no section [sso-session gone] in the config file: the AWS CLI fails with that, Claude Code does not look at it",
            fix: "Make a new profile: bedrock-agent setup"),
        Row(
            text: "[profile a]\nservices = s\n[services s]\nsso_oidc = https://oidc.test\nsso =\n  endpoint_url = x\n",
            message:
                "config:4: sso_oidc of [services s] is not a block of indented lines: the AWS CLI fails with it, Claude Code leaves it out",
            fix: "Write sso_oidc = at config:4, and endpoint_url = … below it, indented."),
        Row(
            text: "[profile a]\nregion = # none\n",
            message: "config:2: region of [profile a]: the AWS CLI reads \"# none\", Claude Code reads nothing",
            fix: "Remove the comment at config:2, and region with it."),
        Row(
            text: "[DEFAULT]\nregion = us-east-1\n[profile a]\noutput = json\n",
            message: "config:2: region of [profile a]: the AWS CLI reads \"us-east-1\", Claude Code reads nothing",
            fix: "Write region in [profile a] itself; Claude Code ignores [DEFAULT]."),
        Row(
            text: "[profile \"a b\"]\nregion = x\n", profile: "a b",
            message: "config:1: the AWS CLI reads [profile a b], Claude Code does not see it",
            fix:
                "Write [profile a b] with one space, nothing after the bracket, and a name of letters, digits, - _ . @ only."
        ),
        Row(
            text: "[default]\nregion = x\n[profile default]\nregion = y\n[default x]\n", profile: "default",
            message: "",
            fix: ""),
        Row(
            text: "[profile default]\nregion = y\n[default]\nregion = x\n", profile: "default",
            message: "[default] is there twice: the AWS CLI reads config:3, Claude Code config:1",
            fix: "Keep one of the two sections, and write it [default]."),
        Row(
            text: "[profile.a]\nregion = x\n",
            message: "config:1: Claude Code reads [profile a] here, the AWS CLI does not",
            fix: "Write [profile a] at config:1."),
        Row(
            text: "[profile a]\naws_secret_access_key: HUSH\n",
            message: "config:2: aws_secret_access_key of [profile a]: only the AWS CLI reads it",
            fix: "Write aws_secret_access_key = value at config:2, not aws_secret_access_key: value."),
        Row(
            text: "[profile a]\nservices = s\n[services s]\nsso_oidc =\n  endpoint_url = https://x.test # y\n",
            message: "config:5: sso_oidc.endpoint_url of [services s]: the AWS CLI reads \"https://x.test # y\", "
                + "Claude Code reads \"https://x.test\"",
            fix: "Move the comment at config:5 to a line of its own."),
        Row(
            text: "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nsso_session = corp\n[sso-session corp]\n"
                + "sso_region = us-east-1 ; x\n",
            message: "config:7: sso_region of [sso-session corp]: the AWS CLI reads \"us-east-1 ; x\", "
                + "Claude Code reads \"us-east-1\"",
            fix: "Move the comment at config:7 to a line of its own."),
        Row(
            text: "[profile a]\nsso_session = corp\naws_access_key_id = k\naws_secret_access_key = HUSH\n"
                + AWSConfigTests.sso + AWSConfigTests.corp,
            message: "config:3: profile \"a\" has aws_access_key_id and SSO settings: the AWS CLI uses SSO, "
                + "Claude Code uses aws_access_key_id",
            fix: "Remove the access keys from the profile, or the sso_ keys."),
        Row(
            text: "[profile a]\nrole_arn = r\nsource_profile = b\nmfa_serial = m\n[profile b]\nsso_session = corp\n"
                + AWSConfigTests.sso + AWSConfigTests.corp,
            message: "config:4: [profile a] has an mfa_serial: the AWS CLI asks for its code, Claude Code cannot, and "
                + "gets no credentials",
            fix: "Remove mfa_serial at config:4 if the role does not require it, or use another profile: "
                + "bedrock-agent setup"),
        Row(
            text: "[profile a]\nmfa_serial = m\nsso_session = corp\n" + AWSConfigTests.sso + AWSConfigTests.corp,
            message: "", fix: ""),
    ]

    @Test(arguments: rows) func finds(row: Row) throws {
        let findings = try AWSConfig(text: row.text).differences(for: row.profile).map(\.finding)
        #expect(findings.map(\.message) == (row.message.isEmpty ? [] : [row.message]))
        #expect(findings.map(\.fix) == (row.fix.isEmpty ? [] : [row.fix]))
        #expect(findings.allSatisfy { $0.codeName == "config-read-differently" && $0.subject == row.profile })
    }

    @Test func loopsEnd() throws {
        let text = "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = a\n"
        #expect(try AWSConfig(text: text).differences(for: "a").isEmpty)
    }
}
