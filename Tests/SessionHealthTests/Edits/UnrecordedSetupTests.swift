import SessionHealth
import Testing

@Suite struct UnrecordedSetupTests {
    private func find(_ text: String, config: String? = nil, backups: [String] = []) throws -> UnrecordedSetup {
        UnrecordedSetup(
            in: Array(text.utf8), config: try config.map { try AWSConfig(text: $0) },
            backups: backups.map { Array($0.utf8) })
    }

    private func undone(_ setup: UnrecordedSetup, in text: String) throws -> String {
        let edit = try SettingsEdit(undoing: setup.changes, in: Array(text.utf8), path: "settings.json")
        return String(decoding: edit.bytes, as: UTF8.self)
    }

    private static let env =
        #""CLAUDE_CODE_USE_BEDROCK":"1","AWS_PROFILE":"p","AWS_REGION":"r","ANTHROPIC_MODEL":"m""#

    @Test(arguments: [
        (#"{"env":{\#(env)},"awsAuthRefresh":"aws sso login --profile p"}"#, "{}"),
        (#"{"env":{\#(env),"X":"1"},"awsAuthRefresh":"bedrock-agent login --profile p"}"#, #"{"env":{"X":"1"}}"#),
        (#"{"env":{\#(env)},"awsAuthRefresh":"aws sso login --sso-session corp"}"#, "{}"),
        (
            #"{"env":{\#(env)},"awsAuthRefresh":"/opt/bedrock-agent login"}"#,
            #"{"env":{"AWS_PROFILE":"p","AWS_REGION":"r","ANTHROPIC_MODEL":"m"}}"#
        ),
        (#"{"awsAuthRefresh":"bedrock-agent login --profile p","x":[]}"#, #"{"x":[]}"#),
    ])
    func findsWhatIsOurs(text: String, rest: String) throws {
        let config = """
            [profile p]
            role_arn = arn:x
            source_profile = s
            [profile s]
            sso_session = corp
            sso_account_id = 123456789012
            sso_role_name = Dev
            [sso-session corp]
            sso_start_url = https://corp
            sso_region = us-east-1
            """
        let setup = try find(text, config: config)
        #expect(setup.command != nil)
        #expect(try undone(setup, in: text) == rest)
    }

    @Test(arguments: [
        "", "{", "[]", "{}", #"{"env":{\#(env)}}"#, #"{"env":{\#(env)},"awsAuthRefresh":"./login"}"#,
        #"{"env":{\#(env)},"awsAuthRefresh":"aws sso login"}"#,
        #"{"env":{\#(env)},"awsAuthRefresh":"aws sso login --profile q"}"#,
        #"{"env":{\#(env)},"awsAuthRefresh":"aws sso login --sso-session corp"}"#,
        #"{"env":{\#(env)},"awsAuthRefresh":"aws sso login --profile p --no-browser"}"#,
        #"{"awsAuthRefresh":"aws sso login --profile p"}"#,
        #"{"awsAuthRefresh":["aws sso login --profile p"],"env":{"AWS_PROFILE":"p"}}"#,
    ])
    func leavesWhatMayBeSomebodyElses(text: String) throws {
        let setup = try find(text)
        #expect(setup.changes.isEmpty)
        #expect(setup.command == nil)
    }

    @Test func theNewestBackupWithoutOursSaysWhatWasThere() throws {
        let text = #"{"env":{\#(Self.env)},"awsAuthRefresh":"aws sso login --profile p"}"#
        let backups = [
            text.replacing(#""r""#, with: #""r2""#), "{", #"{"env":{"AWS_PROFILE":"p","AWS_REGION":"r3"}}"#,
            #"{"awsAuthRefresh":"oldest"}"#,
        ]
        let setup = try find(text, backups: backups)
        #expect(try undone(setup, in: text) == #"{"env":{"AWS_PROFILE":"p","AWS_REGION":"r3"}}"#)
    }
}
