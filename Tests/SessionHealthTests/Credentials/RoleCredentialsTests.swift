import FoundationEssentials
import SessionHealth
import Testing

/// The forms in which credentials are kept and printed.
@Suite struct RoleCredentialsTests {
    private let credentials = RoleCredentials(
        accessKeyID: "ASIAEXAMPLE", secretAccessKey: "not/a+secret", sessionToken: "none==", expiration: signedIn,
        accountID: "123456789012")

    @Test func theCacheIsReadAsItIsWritten() {
        #expect(RoleCredentials(cached: credentials.cacheFile(isAssumed: false)) == credentials)
        let text = String(decoding: credentials.cacheFile(isAssumed: true), as: UTF8.self)
        #expect(!text.contains("ProviderType") && text.contains("not/a+secret"))
    }

    /// As the AWS CLI spells it for STS, and without an account, as older ones do.
    @Test(arguments: ["2026-11-23T09:00:00UTC", "2026-11-23T09:00:00Z", "2026-11-23T10:00:00+01:00"])
    func theAWSCLIsSpellings(_ time: String) {
        let text = """
            {"Credentials": {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "not/a+secret", "SessionToken": "none==",
             "Expiration": "\(time)"}, "ResponseMetadata": {"RetryAttempts": 0}}
            """
        #expect(RoleCredentials(cached: Array(text.utf8))?.expiration == signedIn)
    }

    @Test(arguments: ["a b", "", "a\\nb", "ü"]) func whatNoRequestCanCarryIsNone(_ token: String) {
        let text = """
            {"Credentials": {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "x", "SessionToken": "\(token)",
             "Expiration": "2026-11-23T09:00:00Z"}}
            """
        #expect(RoleCredentials(cached: Array(text.utf8)) == nil)
    }

    @Test func theFormForAShell() {
        let text = String(decoding: credentials.text(as: .env), as: UTF8.self)
        #expect(
            text == """
                export AWS_ACCESS_KEY_ID=ASIAEXAMPLE
                export AWS_SECRET_ACCESS_KEY=not/a+secret
                export AWS_SESSION_TOKEN=none==
                export AWS_CREDENTIAL_EXPIRATION=2026-11-23T09:00:00Z

                """)
    }

    /// By `json.dumps` of botocore's arguments.
    @Test func namesOfCacheFiles() {
        #expect(
            CacheName.role(accountID: "123456789012", roleName: "Dev", tokenKey: "corp", isLegacy: false)
                == "ecc1e3c8d4fe9b118d11b9cfe1c4a2a4f4a548ae.json")
        #expect(
            AssumedRole(arn: "arn:aws:iam::210987654321:role/Deploy").roleFileName
                == "b355604d21d898223379405b7a42cff316ee2aca.json")
        #expect(
            AssumedRole(
                arn: "arn:aws:iam::210987654321:role/Deploy", externalID: "x \"y\"", sessionName: "kim", duration: 1800
            ).roleFileName == "bd8bd5f18e0c12a4b7ed05f1fc736c0fe86e1ffb.json")
    }
}
