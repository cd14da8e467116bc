import SessionHealth
import Testing

@Suite struct AuthRefreshTests {
    private static let config = """
        [profile work]
        sso_session = corp
        \(AWSConfigTests.sso)
        [profile "my own"]
        sso_session = corp
        \(AWSConfigTests.sso)
        [profile chained]
        role_arn = arn:aws:iam::210987654321:role/Deploy
        source_profile = work
        [profile other]
        sso_start_url = https://other.test/start
        sso_region = us-east-1
        \(AWSConfigTests.sso)
        """ + AWSConfigTests.corp

    private func resolved(_ name: String) throws -> ResolvedProfile? {
        guard case .sso(let profile) = try AWSConfig(text: Self.config, credentials: nil).resolve(name) else {
            return nil
        }
        return profile
    }

    @Test(arguments: [
        ("work", "bedrock-agent login --profile work", "aws sso login --profile work"),
        ("my own", "bedrock-agent login --profile 'my own'", "aws sso login --profile 'my own'"),
        ("chained", "bedrock-agent login --profile chained", "aws sso login --sso-session corp"),
    ])
    func bothForms(_ profile: String, _ coalesced: String, _ direct: String) throws {
        let profile = try #require(try resolved(profile))
        #expect(AuthRefresh.coalesced(for: profile) == coalesced)
        #expect(AuthRefresh.signIn(to: profile) == direct)
        #expect(AuthRefresh(coalesced).callsOnUs && !AuthRefresh(direct).callsOnUs)
    }

    @Test(arguments: [
        ("bedrock-agent login --profile work", true), ("bedrock-agent login --profile chained", true),
        ("bedrock-agent login", true), ("/usr/bin/bedrock-agent login --profile=other", false),
        ("aws sso login --profile work", true), ("aws sso login --profile other", false),
        ("aws sso login --profile chained", false), ("aws sso login --sso-session other", false),
    ])
    func whetherItSignsInToTheSession(_ line: String, _ isRight: Bool) throws {
        let config = try AWSConfig(text: Self.config, credentials: nil)
        let profile = try #require(try resolved("work"))
        let finding = AuthRefresh(line).finding(for: profile, in: config, source: "settings.json:9")
        #expect((finding == nil) == isRight)
    }
}
