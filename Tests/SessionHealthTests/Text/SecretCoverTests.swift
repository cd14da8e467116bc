import SessionHealth
import Testing

struct SecretCoverTests {
    private func json(_ text: String) -> String {
        var bytes = Array(text.utf8)
        SecretCover.json(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func configuration(_ text: String) -> String {
        var bytes = Array(text.utf8)
        SecretCover.configuration(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func coversWhatIsBelowSecretKeys() {
        #expect(
            json(#"{"env": {"AWS_PROFILE": "dev", "MY_TOKEN": "a\"b\u00e9", "API_KEY": "", "PASSWORD": -1.5e3}}"#)
                == #"{"env": {"AWS_PROFILE": "dev", "MY_TOKEN": "xxxxxxxxxx", "API_KEY": "", "PASSWORD": -1.1e1}}"#)
        #expect(json(#"{"headers": {"a": ["b", true, null]}}"#) == #"{"headers": {"a": ["x", true, null]}}"#)
    }

    @Test(arguments: [
        ("aws configure export-credentials --profile 'my work' --duration 1", true),
        ("bedrock-agent credentials --profile work --format export --login", true),
        ("A_SECRET=hidden aws configure export-credentials", false), ("cat credentials", false),
    ])
    func callsThatExportCredentialsAreRead(_ line: String, _ isShown: Bool) {
        #expect((json(#"{"awsCredentialExport": "\#(line)"}"#) == #"{"awsCredentialExport": "\#(line)"}"#) == isShown)
    }

    @Test func leavesWhatIsNoJSON() { #expect(json(#"{"MY_TOKEN": "abc",}"#) == #"{"MY_TOKEN": "abc",}"#) }

    @Test func coversValuesOfOneKey() {
        var bytes = Array(#"{"a": [{"text": "t\n"}, {"b": {"text": {"text": "u"}}}], "text": 1}"#.utf8)
        SecretCover.json(&bytes, valuesOf: "text")
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"a": [{"text": "xxx"}, {"b": {"text": {"text": "x"}}}], "text": 1}"#)
    }

    @Test(arguments: [
        ("[p]\naws_secret_access_key = a/b+c\nregion = r\n", "[p]\naws_secret_access_key = xxxxx\nregion = r\n"),
        // In both readings, keys may be indented, and the second line is another key.
        ("[p]\n  AWS_Session_Token:ab\r\n  region = r\r\n", "[p]\n  AWS_Session_Token:xx\r\n  region = r\r\n"),
        // A continued value, until something else begins.
        ("aws_session_token =\n  ab\n\n  cd\n[q]\n  ab\n", "aws_session_token =\n  xx\n\n  xx\n[q]\n  ab\n"),
        ("# aws_secret_access_key = ab # c\n", "# aws_secret_access_key = xx # x\n"),
        ("credential_process = get --key k\n", "credential_process = xxx xxxxx x\n"),
        ("a = 1", "a = 1"), ("", ""),
    ])
    func coversConfigurations(_ text: String, _ covered: String) { #expect(configuration(text) == covered) }

    /// As they are.
    @Test(arguments: [
        "aws sso login --profile work", "aws sso login --profile token-team --no-browser", "bedrock-agent login",
        "AWS_PROFILE=work aws sso login", "/usr/local/bin/refresh-token", "env AWS_REGION=us-east-1 aws sso login",
        "aws sts get-caller-identity --profile büro >/dev/null 2>&1 || aws sso login --profile=büro",
        "aws configure export-credentials && exec bedrock-agent login --if-needed", "bash -lc 'aws sso login'",
        "if ! aws sts get-caller-identity; then aws sso login; fi", "aws sso login --profile 'my work'",
        "bedrock-agent credentials --profile work --format export --login",
    ])
    func showsCommandsWithoutSecrets(_ line: String) { #expect(CommandMask.shown(line) == line) }

    @Test(arguments: [
        ("SSO_PASSWORD=hidden aws sso login", "SSO_PASSWORD=[…] aws sso login"),
        ("env SSO_PASSWORD=hidden aws sso login", "env SSO_PASSWORD=[…] aws sso login"),
        ("HTTPS_PROXY=me:hidden@proxy:8080 aws sso login", "HTTPS_PROXY=[…] aws sso login"),
        ("sh -c 'sign-in --token hidden'", "sh -c 'sign-in --token […]'"),
        ("sign-in https://me:hidden@host/", "sign-in […]"), ("sign-in --otp=hidden", "sign-in --otp=[…]"),
        ("bedrock-agent login --profile x; curl -u me:hidden h", "bedrock-agent login --profile x; curl […] […] […]"),
        ("curl -H 'Authorization: hidden' host", "curl […] […] […]"), ("sshpass -phidden ssh h", "sshpass […] […] […]"),
        ("aws --endpoint-url https://me:hidden@gw sso login", "aws --endpoint-url […] sso login"),
        ("aws configure set aws_secret_access_key hidden", "aws configure […] […] […]"),
        ("echo hidden | sign-in", "echo […] | sign-in"), ("aws sso login `echo hidden`", "aws sso login […] […]"),
        ("AWS_PROFILE=$(echo hidden) aws sso login", "AWS_PROFILE=[…] […] […] sso login"),
        ("--profile hidden", "--profile […]"), ("aws sso login 'hidden", "[…]"), ("", ""),
        ("aws sso login --profile https://me:hidden@host", "aws sso login --profile […]"),
    ])
    func leavesOutWhatMayBeASecret(_ line: String, _ shown: String) { #expect(CommandMask.shown(line) == shown) }

    @Test func spellsOutWhatIsToBeApproved() {
        let line = "aws sso login --profile b\u{fc}ro hidden"
        #expect(CommandMask.spelledOut(line) == #"aws sso login --profile b\u{fc}ro […]"#)
    }
}
