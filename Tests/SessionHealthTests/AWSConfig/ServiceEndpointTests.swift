import SessionHealth
import Testing

@Suite struct ServiceEndpointTests {
    /// Each source overrides those set before it.
    @Test func order() throws {
        var settings = EndpointSettings()
        var environment: [String: String] = [:]
        func url() throws -> String {
            try settings.url(for: .ssoOIDC, region: "us-east-1", environment: environment)
        }
        #expect(try url() == "https://oidc.us-east-1.amazonaws.com")
        settings.url = "https://profile.test"
        #expect(try url() == "https://profile.test")
        settings.serviceURLs = [.ssoOIDC: "https://services.test/", .sso: "https://other.test"]
        #expect(try url() == "https://services.test")
        environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:8080"
        #expect(try url() == "http://127.0.0.1:8080")
        environment["AWS_ENDPOINT_URL_SSO"] = "https://portal.test"
        #expect(try url() == "http://127.0.0.1:8080")
        environment["AWS_ENDPOINT_URL_SSO_OIDC"] = "https://oidc.test"
        #expect(try url() == "https://oidc.test")
        environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "True"
        #expect(try url() == "https://oidc.us-east-1.amazonaws.com")
        settings.ignoresConfiguredURLs = true
        environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "false"
        #expect(try url() == "https://oidc.test")
        environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = nil
        #expect(try url() == "https://oidc.us-east-1.amazonaws.com")
    }

    /// Tokens must not be sent unencrypted to another machine, and a password in a URL must not reach a command line.
    @Test(arguments: [
        ("http://127.0.0.1:8080", true), ("http://127.1.2.3", true), ("http://localhost:80/base", true),
        ("HTTP://[::1]:8080", true), ("https://proxy.test", true), ("http://proxy.test", false),
        ("http://127.0.0.1.evil.test", false), ("http://localhost.evil.test", false), ("http://127.evil.test", false),
        ("http://127.0.0.1@evil.test", false), ("https://user:word@proxy.test", false),
        ("http://[::1].evil.test", false),
    ])
    func tokensStayOnThisMachineOrGoOverTLS(_ url: String, _ isAllowed: Bool) {
        let made = try? EndpointSettings().url(
            for: .ssoOIDC, region: "us-east-1", environment: ["AWS_ENDPOINT_URL_SSO_OIDC": url])
        #expect((made != nil) == isAllowed)
    }

    @Test(
        arguments: [
            (.ssoOIDC, "us-east-1", false, false, "oidc.us-east-1.amazonaws.com"),
            (.sso, "eu-central-1", false, false, "portal.sso.eu-central-1.amazonaws.com"),
            (.bedrock, "us-west-2", false, false, "bedrock.us-west-2.amazonaws.com"),
            (.ssoOIDC, "cn-north-1", false, false, "oidc.cn-north-1.amazonaws.com.cn"),
            (.ssoOIDC, "cn-north-1", false, true, "oidc.cn-north-1.api.amazonwebservices.com.cn"),
            (.ssoOIDC, "us-east-1", true, false, "oidc-fips.us-east-1.amazonaws.com"),
            (.sso, "us-east-1", true, false, "portal.sso-fips.us-east-1.amazonaws.com"),
            (.ssoOIDC, "us-gov-west-1", true, false, "oidc.us-gov-west-1.amazonaws.com"),
            (.bedrock, "us-gov-west-1", true, false, "bedrock-fips.us-gov-west-1.amazonaws.com"),
            (.ssoOIDC, "us-gov-west-1", true, true, "oidc-fips.us-gov-west-1.api.aws"),
            (.ssoOIDC, "us-east-1", false, true, "oidc.us-east-1.api.aws"),
            (.sso, "us-east-1", true, true, "portal.sso-fips.us-east-1.api.aws"),
            (.ssoOIDC, "fips-us-east-1", false, false, "oidc-fips.us-east-1.amazonaws.com"),
            (.sso, "us-gov-west-1-fips", false, false, "portal.sso.us-gov-west-1.amazonaws.com"),
            (.bedrock, "eusc-de-east-1", false, false, "bedrock.eusc-de-east-1.amazonaws.eu"),
            (.ssoOIDC, "us-isob-east-1", false, false, "oidc.us-isob-east-1.sc2s.sgov.gov"),
        ] as [(AWSService, String, Bool, Bool, String)])
    func hosts(service: AWSService, region: String, fips: Bool, dualStack: Bool, host: String) throws {
        var settings = EndpointSettings()
        settings.usesFIPS = fips
        settings.usesDualStack = dualStack
        #expect(try settings.url(for: service, region: region, environment: [:]) == "https://\(host)")
        let environment = ["AWS_USE_FIPS_ENDPOINT": "\(fips)", "AWS_USE_DUALSTACK_ENDPOINT": "\(dualStack)"]
        #expect(
            try EndpointSettings().url(for: service, region: region, environment: environment) == "https://\(host)")
    }

    @Test(arguments: [
        "", "us-east-1.evil.test", "us-east-1/", "evil@test", "us east", "-us", "us-", "us\n", "é",
        String(repeating: "a", count: 64),
    ])
    func refusesRegion(region: String) {
        #expect(!Region.isValid(region))
        #expect(throws: EndpointError.badRegion(region)) {
            try EndpointSettings().url(for: .sso, region: region, environment: [:])
        }
    }

    /// As for AWS's programs; but nothing new is written so.
    @Test func aRegionIsFoundInAnyCase() throws {
        let settings = EndpointSettings()
        #expect(
            try settings.url(for: .ssoOIDC, region: "US-EAST-1", environment: [:])
                == "https://oidc.US-EAST-1.amazonaws.com")
        #expect(throws: EndpointError.badRegion("123")) {
            try settings.url(for: .sso, region: "123", environment: [:])
        }
        #expect(!Region.isValid("US-EAST-1"))
    }

    @Test(arguments: [
        "oidc.test", "ftp://oidc.test", "https://", "https:///x", "https://a b", "https://a\r\nb", "https://a?b",
    ])
    func refusesURL(url: String) {
        #expect(throws: EndpointError.badURL(source: "AWS_ENDPOINT_URL")) {
            try EndpointSettings().url(for: .sso, region: "us-east-1", environment: ["AWS_ENDPOINT_URL": url])
        }
    }

    @Test func missingServicesSectionIsAnErrorOnceNeeded() throws {
        var settings = EndpointSettings()
        settings.missingServices = "local"
        #expect(throws: EndpointError.noServices("local", place: nil)) {
            try settings.url(for: .sso, region: "us-east-1", environment: [:])
        }
        let environment = ["AWS_ENDPOINT_URL": "https://all.test"]
        #expect(try settings.url(for: .sso, region: "us-east-1", environment: environment) == "https://all.test")
    }

    @Test func readFromTheConfiguration() throws {
        let config = try AWSConfig(
            text: """
                [profile dev]
                services = local
                endpoint_url = https://profile.test
                use_fips_endpoint = TRUE
                [services local]
                sso_oidc =
                  endpoint_url = https://oidc.test
                [profile lost]
                services = nowhere
                """)
        let settings = config.endpoints(of: "dev")
        #expect(settings.usesFIPS)
        #expect(try settings.url(for: .ssoOIDC, region: "us-east-1", environment: [:]) == "https://oidc.test")
        #expect(try settings.url(for: .sso, region: "us-east-1", environment: [:]) == "https://profile.test")
        #expect(config.endpoints(of: "lost").missingServices == "nowhere")
    }
}
