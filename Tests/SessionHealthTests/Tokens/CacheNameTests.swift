import SessionHealth
import Testing

/// The expected values come from the AWS CLI, or from Python's `json` and `hashlib`.
@Suite struct CacheNameTests {
    private let url = "https://d-1234567890.awsapps.com/start"

    @Test(arguments: [
        ("corp", "ee0bfd2552fbd840c02cc48b6e823320543c450f"),
        ("https://corp.awsapps.com/start#/", "89299b9a0529ad2f5a9f7b829db1b8f767e655cc"),
        ("büro", "81bd9249be4434e4c529769e6c16118a66938acd"),
    ])
    func token(key: String, hash: String) {
        #expect(CacheName.token(key: key) == hash + ".json")
    }

    @Test(
        arguments: [
            (["sso:account:access"], "corp", "bc8a1afdb0f5cdc2c789b8a6cd51898e2be3c37c"),
            (nil, nil, "365414a68be7c9bfc776c660981dbdbd942acea4"),
            ([], "corp", "544e8d0e5fa8efc92f9c0f7ecafcecce6ecf0539"),
            (["a", "b"], "q\"\\\n\u{7F}é😀", "8180d5d31d6537566ba6782101335d83cfedd8be"),
            (nil, "a\"b", "ee182e72405f6389ea1ed7bb4674dcfe248928d9"),
            (nil, "a\\b", "68dceabd50f092af6176a23d5b1e7f073a49cd6d"),
            (nil, "a\r\t", "6e7bb902f8cb9821c15f963750b5f1fae336a8a5"),
            (nil, "a\u{08}\u{0C}\u{0B}", "9ca0b5f2492078f6c58e9d4e2d672f920109c397"),
            (nil, "a\u{7F}", "2ba812e75522852769e5f60a9fb216a03bce0dd9"),
            (nil, "a\u{1F}", "a4accddb13dd9626f4aab582266b72a0c0928f96"),
            (nil, "é", "6eacf1918758f4a26e3cf8b4264105eae5341a6d"),
            (nil, "a b~", "36cc0010255a5bd0d44774603a915ab78d765173"),
            (nil, "\u{1F} ~", "07489e285c38cf10fab910fd456205d5885cf401"),
        ] as [([String]?, String?, String)])
    func registration(scopes: [String]?, session: String?, hash: String) {
        let name = CacheName.registration(startURL: url, region: "us-east-1", scopes: scopes, sessionName: session)
        #expect(name == hash + ".json")
    }

    @Test func role() {
        #expect(
            CacheName.role(accountID: "123456789012", roleName: "Dev", tokenKey: "corp", isLegacy: false)
                == "ecc1e3c8d4fe9b118d11b9cfe1c4a2a4f4a548ae.json")
        #expect(
            CacheName.role(accountID: "123456789012", roleName: "Dev", tokenKey: url, isLegacy: true)
                == "12408144ebae503629f28a8ed425d89bb6ae5b52.json")
    }

    @Test func sessionKnowsItsFiles() {
        let named = SSOSession(name: "corp", startURL: url, region: "us-east-1", scopes: ["sso:account:access"])
        #expect(named.tokenFileName == "ee0bfd2552fbd840c02cc48b6e823320543c450f.json")
        #expect(named.registrationFileName == "bc8a1afdb0f5cdc2c789b8a6cd51898e2be3c37c.json")
        #expect(named.hasAccountScope)
        let legacy = SSOSession(legacyStartURL: url, region: "us-east-1")
        #expect(legacy.tokenFileName == CacheName.token(key: url))
        #expect(!legacy.hasAccountScope)
        #expect(legacy.kind.rawValue == "legacy")
        #expect(named.kind.rawValue == "sso-session")
    }

    @Test func anAWSLoginHasItsFileElsewhere() {
        let session = SSOSession(
            login: "arn:aws:iam::123456789012:user/dev", region: "us-west-2", cache: "/h/login/cache")
        let hash = "893f13863f68a08133e541260597f1d60f5bf9b326625782990032cbad201e26"
        #expect(session.tokenFileName == "/h/login/cache/\(hash).json")
        #expect(session.tokenKeyHash == hash)
    }
}
