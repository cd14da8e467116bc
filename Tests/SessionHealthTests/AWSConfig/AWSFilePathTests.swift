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
            ("$WORK/aws", "/srv/aws", "Set AWS_CONFIG_FILE=/srv/aws."),
            ("${WORK}x", "/srvx", "Set AWS_CONFIG_FILE=/srvx."),
            ("~/$WORK", "/home/u//srv", "Set AWS_CONFIG_FILE=/home/u//srv."),
            ("", "/home/u/.aws/config", "Unset AWS_CONFIG_FILE."),
        ] as [(String?, String, String?)])
    func config(variable: String?, path: String, fix: String?) {
        var environment = ["WORK": "/srv"]
        environment["AWS_CONFIG_FILE"] = variable
        let (found, difference) = AWSFilePath.config.path(environment: environment, home: "/home/u")
        #expect(found == path)
        #expect(difference?.fix == fix)
        #expect(difference.map(\.finding.codeName) == fix.map { _ in "config-read-differently" })
    }

    @Test func credentials() {
        let environment = ["AWS_SHARED_CREDENTIALS_FILE": "~/keys", "AWS_CONFIG_FILE": "/elsewhere"]
        #expect(AWSFilePath.credentials.path(environment: environment, home: "/home/u").path == "/home/u/keys")
        #expect(AWSFilePath.credentials.path(environment: [:], home: "/home/u").path == "/home/u/.aws/credentials")
    }
}
