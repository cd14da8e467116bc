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

    // MARK: What becomes of the one in place

    private func form(
        _ line: String, for name: String = "work", keepsProfile: Bool = true, isApproved: Bool = false,
        missing: String? = nil
    ) throws -> AuthRefresh.Form {
        let config = try AWSConfig(text: Self.config, credentials: nil)
        let profile = try #require(try resolved(name))
        return AuthRefresh(line).form(
            for: profile, keepsProfile: keepsProfile, in: config, isApproved: isApproved, missing: missing)
    }

    @Test(arguments: [
        ("aws sso login --profile work", "work", true, "aws sso login --profile work"),
        ("bedrock-agent login --profile work", "work", true, "bedrock-agent login --profile work"),
        ("aws sso login --sso-session corp", "work", true, "aws sso login --sso-session corp"),
        ("aws sso login", "work", true, "aws sso login"),
        ("aws sso login", "my own", false, "aws sso login --profile 'my own'"),
        ("aws sso login --sso-session corp", "my own", false, "aws sso login --profile 'my own'"),
        ("bedrock-agent login --profile work", "my own", false, "bedrock-agent login --profile 'my own'"),
        ("aws sso login --profile other", "work", true, "aws sso login --profile work"),
        ("aws sso login --profile work", "chained", false, "aws sso login --sso-session corp"),
    ])
    func theUsualForms(_ line: String, _ profile: String, _ keepsProfile: Bool, _ expected: String) throws {
        #expect(try form(line, for: profile, keepsProfile: keepsProfile) == .usual(expected))
    }

    @Test(arguments: [
        "/usr/local/bin/aws sso login --profile work", "aws sso login --no-browser",
        "aws sso login --profile=work --no-browser",
        "/opt/bedrock-agent login --profile work", "bash -lc 'aws sso login --profile work'",
    ])
    func somebodysOwnStays(_ line: String) throws {
        #expect(try form(line) == .kept(line))
        #expect(try form(line, keepsProfile: false) == .kept(line))
        guard case .replaced(_, let why) = try form(line, missing: "/opt/x") else {
            Issue.record("a program that is not there stays")
            return
        }
        #expect(why == "there is no program /opt/x")
    }

    @Test func whatNothingIsKnownOfStaysForTheSameProfileOnceItWasApproved() throws {
        #expect(try form("sign-in", isApproved: true) == .kept("sign-in"))
        #expect(try form("sign-in").line == "aws sso login --profile work")
        #expect(try form("sign-in", keepsProfile: false, isApproved: true).line == "aws sso login --profile work")
    }

    @Test(arguments: [
        ("aws sts get-caller-identity || aws sso login --profile work", "aws sso login --profile work"),
        ("aws sts get-caller-identity || aws sso login --no-browser", "aws sso login --no-browser"),
        ("aws sts get-caller-identity || bedrock-agent login --profile work", "bedrock-agent login --profile work"),
        ("aws sts get-caller-identity || aws sso login --profile other", "aws sso login --profile work"),
        ("aws sts get-caller-identity || ./sign-in", "aws sso login --profile work"),
        ("if ! aws sts get-caller-identity; then ./login; fi", "aws sso login --profile work"),
        ("aws configure export-credentials >/dev/null || ( aws sso login )", "aws sso login"),
    ])
    func aGuardGoes(_ line: String, _ expected: String) throws {
        let form = try form(line, isApproved: true)
        #expect(form.line == expected)
        guard case .replaced(_, let why) = form else { return #expect(Bool(false)) }
        #expect(why.contains("hides an ended session"))
    }

    @Test(arguments: [
        "aws sso logout || aws sso login --profile work", "aws configure get region || aws sso login --profile work",
        "test -e x || aws sso login --profile work", "aws sso login --profile work || true",
    ])
    func noGuard(_ line: String) throws {
        let config = try AWSConfig(text: Self.config, credentials: nil)
        let profile = try #require(try resolved("work"))
        #expect(AuthRefresh(line).problem(for: profile, in: config) == nil)
    }

    @Test(arguments: [
        ("aws sso login", true), ("AWS_PROFILE=work aws sso login --no-browser 2>/dev/null", true),
        ("/x/aws --profile work sso login --sso-session corp --use-device-code", true),
        ("AWS_CONFIG_FILE=x aws sso login", false), ("aws sso login --endpoint-url http://x", false),
        ("bash -c 'aws sso login'", false), ("aws sts get-caller-identity", false),
    ])
    func plainSignIns(_ line: String, _ isPlain: Bool) {
        #expect((AWSCommandLine(line)?.isPlainSignIn == true) == isPlain)
    }

    @Test(arguments: [
        ("/opt/aws sso login", ["/opt/aws"]), ("A=b exec ~/aws sso login && notify x", ["~/aws", "notify"]),
        ("bash -lc 'aws sso login'", []), ("bash -lc '/opt/aws sso login || x'", ["/opt/aws"]),
        ("cd /x && ./aws sso login", []), ("$HOME/aws sso login", []), ("(aws sso login)", []),
        ("test -e x || aws sso login", ["aws"]), ("if ! /opt/check ; then aws sso login; fi", ["/opt/check", "aws"]),
    ])
    func programs(_ line: String, _ programs: [String]) {
        #expect(AuthRefresh(line).programs == programs)
    }
}
