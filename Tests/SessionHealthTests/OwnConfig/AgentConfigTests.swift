import SessionHealth
import Testing

@Suite struct AgentConfigTests {
    private func parse(_ text: String) throws(AgentConfigError) -> AgentConfig {
        try AgentConfig(parsing: Array(text.utf8))
    }

    @Test func everyKeyIsOptional() throws {
        #expect(try parse("{}") == AgentConfig())
        #expect(AgentConfig().policy.refreshAhead == 1200 && AgentConfig().policy.signIn == .auto)
    }

    @Test func readsEveryKey() throws {
        let config = try parse(
            """
            {"profiles": ["a", "b"], "signIn": "ask", "refreshAhead": "25min", "legacyAhead": "1h 30s",
             "signInTimeout": "90", "coverAhead": "0", "notify": "mail -s Claude me"}
            """)
        #expect(config.profiles == ["a", "b"] && config.policy.signIn == .ask)
        #expect(config.policy.refreshAhead == 1500 && config.policy.legacyAhead == 3630)
        #expect(config.policy.signInTimeout == 90 && config.policy.coverAhead == 0)
        #expect(config.notify == "mail -s Claude me")
        // The other values are derived from it.
        #expect(config.policy.retryFirst == 37.5 && config.policy.retryMost == 750 && config.policy.jitterMost == 75)
    }

    @Test(arguments: [
        (#"{"profile": []}"#, "unknown key profile; did you mean profiles?"),
        (#"{"refreshahead": "1min"}"#, "unknown key refreshahead; did you mean refreshAhead?"),
        (#"{"colour": 1}"#, "unknown key colour"),
        (#"{"col\nour": 1}"#, #"unknown key col\u{a}our"#),
        (#"{"profiles": "a"}"#, "key profiles: must be a list of profile names"),
        (#"{"profiles": ["a", 1]}"#, "key profiles: must be a list of profile names"),
        (#"{"signIn": "sometimes"}"#, #"key signIn: must be "auto", "ask" or "never""#),
        (#"{"signIn": true}"#, #"key signIn: must be "auto", "ask" or "never""#),
        (
            #"{"refreshAhead": "soon"}"#,
            #"key refreshAhead: must be a duration greater than 0, such as "20min" or "165s""#
        ),
        (#"{"refreshAhead": 20}"#, #"key refreshAhead: must be a duration greater than 0, such as "20min" or "165s""#),
        (#"{"legacyAhead": "0"}"#, #"key legacyAhead: must be a duration greater than 0, such as "20min" or "165s""#),
        (
            #"{"signInTimeout": "-5s"}"#,
            #"key signInTimeout: must be a duration greater than 0, such as "20min" or "165s""#
        ),
        (
            #"{"coverAhead": "-1h"}"#,
            #"key coverAhead: must be a duration such as "20min" or "165s", or "0" for never"#
        ),
        (#"{"notify": ["mail"]}"#, #"key notify: must be a shell command line, such as "mail -s Claude me""#),
        (#"{"notify": " "}"#, #"key notify: must be a shell command line, such as "mail -s Claude me""#),
        ("[]", "not a JSON object"),
    ])
    func saysWhatIsWrong(_ text: String, _ message: String) {
        let error = #expect(throws: AgentConfigError.self) { try parse(text) }
        #expect(error?.description == (text == "[]" ? message : "line 1: \(message)"))
    }

    @Test func saysInWhichLine() {
        let error = #expect(throws: AgentConfigError.self) { try parse("{\n  \"signIn\": \"ask\",\n  \"notfy\": 1\n}") }
        #expect(error?.description == "line 3: unknown key notfy; did you mean notify?")
    }

    @Test func saysWhereItIsNotJSON() {
        let error = #expect(throws: AgentConfigError.self) { try parse("{\n  \"signIn\": \"ask\",\n}") }
        #expect(error?.description.hasPrefix("line 2, column 18: ") == true)
    }
}
