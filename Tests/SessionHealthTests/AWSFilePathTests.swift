import SessionHealth
import Testing

@Suite struct AWSFilePathTests {
    @Test(
        arguments: [
            (nil, "/home/u/.aws/config", nil),
            ("/etc/aws", "/etc/aws", nil),
            ("~/aws", "/home/u/aws", nil),
            ("relative", "relative", nil),
            ("$NOWHERE/aws", "$NOWHERE/aws", nil),
            ("~", "/home/u", "Set AWS_CONFIG_FILE=/home/u."),
            ("$WORK/aws", "/work/aws", "Set AWS_CONFIG_FILE=/work/aws."),
            ("${WORK}x", "/workx", "Set AWS_CONFIG_FILE=/workx."),
            ("~/$WORK", "/home/u//work", "Set AWS_CONFIG_FILE=/home/u//work."),
            ("", "/home/u/.aws/config", "Unset AWS_CONFIG_FILE."),
        ] as [(String?, String, String?)])
    func config(variable: String?, path: String, fix: String?) {
        var environment = ["WORK": "/work"]
        environment["AWS_CONFIG_FILE"] = variable
        let (found, finding) = AWSFilePath.config.path(environment: environment, home: "/home/u")
        #expect(found == path)
        #expect(finding?.fix == fix)
        if finding != nil { #expect(finding?.code == "config-read-differently") }
    }

    @Test func credentials() {
        let environment = ["AWS_SHARED_CREDENTIALS_FILE": "~/keys", "AWS_CONFIG_FILE": "/elsewhere"]
        #expect(AWSFilePath.credentials.path(environment: environment, home: "/home/u").path == "/home/u/keys")
        #expect(AWSFilePath.credentials.path(environment: [:], home: "/home/u").path == "/home/u/.aws/credentials")
    }
}
