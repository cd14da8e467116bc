import FoundationEssentials
import SessionHealth
import Testing

/// The user's `config.json` over root's: what counts, where it is from, and what is locked.
@Suite struct OwnConfigTests {
    private func config(managed: String, user: String = "{}") throws -> OwnConfig {
        var own = OwnConfig()
        try own.take(Array(managed.utf8), from: "/e/config.json", isManaged: true)
        try own.take(Array(user.utf8), from: "/u/config.json", isManaged: false)
        return own
    }

    private func places(_ own: OwnConfig) -> [String] { own.settings.map { "\($0.name) \($0.value) \($0.place)" } }

    @Test func theUsersComesFirst() throws {
        let own = try config(
            managed: "{\"signIn\": \"ask\",\n\"refreshAhead\": \"30min\"}", user: "{\n\n\"signIn\": \"never\"}")
        #expect(own.values.policy.signIn == .never && own.values.policy.refreshAhead == 1800)
        #expect(own.managed.policy.signIn == .ask)
        #expect(
            places(own) == [
                "refreshAhead \"30min\" /e/config.json, line 2", "signIn \"never\" /u/config.json, line 3",
            ])
    }

    @Test func listsAddUp() throws {
        let own = try config(
            managed: #"{"profiles": ["a", "b"], "claudeFolders": ["/x"]}"#,
            user: #"{"profiles": ["b", "c"], "claudeFolders": ["/y"]}"#)
        #expect(own.values.profiles == ["a", "b", "c"] && own.values.claudeFolders == ["/x", "/y"])
        #expect(own.managed.profiles == ["a", "b"] && own.settings.count == 4)
    }

    @Test func whatIsLockedCounts() throws {
        let own = try config(
            managed: """
                {"signIn": "ask", "profiles": ["a"], "setup": {"region": "us-west-2", "coalesce": true},
                 "locked": ["signIn", "profiles",
                  "setup.region"]}
                """,
            user: """
                {"signIn": "auto", "profiles": ["b"], "legacyAhead": "5min",
                 "setup": {"region": "eu-west-1", "coalesce": false}}
                """)
        #expect(own.values.policy.signIn == .ask && own.values.profiles == ["a"])
        #expect(own.values.policy.legacyAhead == 300)
        #expect(own.values.setup.region == "us-west-2" && own.values.setup.coalesce == false)
        #expect(own.refused.map(\.name) == ["profiles", "signIn", "setup.region"])
        #expect(own.refused.map(\.line) == [1, 1, 2] && own.lock(of: .region)?.line == 3)
        #expect(places(own).contains("setup.region \"us-west-2\" /e/config.json, line 1, locked"))
    }

    @Test func aWholeObjectMayBeLocked() throws {
        let own = try config(
            managed: #"{"setup": {"region": "us-west-2"}, "locked": ["setup"]}"#, user: #"{"setup": {"hooks": true}}"#)
        #expect(own.values.setup.hooks == nil && own.refused.map(\.name) == ["setup.hooks"])
        #expect(own.objection(to: [.hooks: "true"]) == nil)
        #expect(own.objection(to: [.region: "us-east-1"]) != nil)
    }

    @Test(arguments: [
        (#"{"locked": ["signin"]}"#, "line 1: key locked: unknown key signin; did you mean signIn?"),
        (#"{"locked": ["setup.regoin"]}"#, "line 1: key locked: unknown key setup.regoin; did you mean setup.region?"),
        (#"{"locked": ["locked"]}"#, "line 1: key locked: unknown key locked"),
        (#"{"locked": ["notify"]}"#, "line 1: key locked: notify is not set in this file; set it, too"),
        (#"{"locked": "notify"}"#, #"line 1: key locked: must be a list of keys, such as "setup.region""#),
        (
            "{\"setup\": {\n\"ssoStartURL\": \"\"}}",
            "line 2: unknown key setup.ssoStartURL; did you mean setup.ssoStartUrl?"
        ),
        (#"{"setup": []}"#, "line 1: key setup: must be an object"),
        (
            #"{"setup": {"ssoStartUrl": "corp"}}"#,
            "line 1: key setup.ssoStartUrl: this URL does not start with https://"
        ),
        (#"{"setup": {"region": "US"}}"#, #"line 1: key setup.region: must be a region such as "us-west-2""#),
        (
            #"{"setup": {"accountId": ["123456789012", 1]}}"#,
            "line 1: key setup.accountId: must be a 12-digit account ID in quotes, or a list of them"
        ),
        (#"{"setup": {"roleName": []}}"#, "line 1: key setup.roleName: must be a role's name, or a list of them"),
        (#"{"setup": {"coalesce": "yes"}}"#, "line 1: key setup.coalesce: must be true or false"),
        (
            #"{"setup": {"profile": "a b"}}"#,
            "line 1: key setup.profile: must be a name of letters, digits and . _ - / + @"
        ),
    ])
    func saysWhatIsWrong(_ text: String, _ message: String) {
        let error = #expect(throws: AgentConfigError.self) { try config(managed: text) }
        #expect(error?.description == message)
    }

    @Test func onlyRootLocks() {
        let error = #expect(throws: AgentConfigError.self) { try config(managed: "{}", user: #"{"locked": []}"#) }
        #expect(error?.description.contains("only root's config.json, in /etc/bedrock-agent, can lock keys") == true)
    }

    @Test func oneOfAListIsAllowed() throws {
        let own = try config(
            managed: """
                {"setup": {"accountId": ["111111111111", "222222222222"], "model": "claude-opus", "profile": "corp",
                 "roleName": "Dev", "ssoStartUrl": "https://a.b/start", "ssoRegion": "us-east-1", "ssoSession": "s",
                 "separate": true, "statusLine": true},
                 "locked": ["setup"]}
                """)
        let allowed: [SetupKeyName: String] = [
            .accountId: "222222222222", .model: "global.anthropic.claude-opus-4-8", .profile: "corp",
            .roleName: "Dev", .ssoStartUrl: "https://a.b/start", .ssoRegion: "us-east-1", .ssoSession: "s",
            .separate: "true", .statusLine: "true",
        ]
        #expect(own.objection(to: allowed) == nil)
        for key in allowed.keys {
            #expect(own.objection(to: allowed.merging([key: "x"]) { $1 })?.hasPrefix("\(key) x is not allowed") == true)
        }
        #expect(
            own.objection(to: [.accountId: "333333333333"])
                == "accountId 333333333333 is not allowed: /e/config.json, line 4, locks setup.accountId, which is"
                + " [\"111111111111\", \"222222222222\"] there")
    }

    private static let application = "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/x1"

    /// Only Bedrock can tell which model is behind one.
    @Test func anApplicationProfileOfALockedModel() throws {
        let name = ModelName(Self.application)
        let own = try config(managed: #"{"setup": {"model": "claude-opus"}, "locked": ["setup.model"]}"#)
        #expect(own.objection(to: [.model: Self.application]) == nil)
        #expect(own.objection(to: name, of: ["anthropic.claude-opus-4-8"]) == nil)
        #expect(
            own.objection(to: name, of: ["anthropic.claude-sonnet-4-8"])?.contains("it is of anthropic.claude-s")
                == true)
        #expect(own.objection(to: name, of: nil, why: "offline")?.contains("which model it is (offline)") == true)
        // An ID allows itself alone, and that takes nobody's answer.
        for model in ["global.anthropic.claude-opus-4-8", Self.application] {
            let own = try config(managed: #"{"setup": {"model": "\#(model)"}, "locked": ["setup.model"]}"#)
            #expect((own.objection(to: [.model: Self.application]) == nil) == (model == Self.application))
            #expect(own.objection(to: name, of: ["anthropic.claude-opus-4-8"]) == nil)
        }
    }

    @Test func everyKeyIsDescribed() throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        func text(_ path: String) throws -> String {
            String(decoding: try #require(FileManager.default.contents(atPath: "\(root)/\(path)")), as: UTF8.self)
        }
        let (manual, house) = (try text("systemd/manual.sections"), try text("Sources/README.md"))
        for key in ConfigKey.allCases.map(\.rawValue) {
            #expect(manual.contains(".TP\n.B \(key)\n") && house.contains("`\(key)`"), "\(key)")
        }
        let names = manual.split(whereSeparator: { !$0.isLetter })
        for key in SetupKeyName.allCases.map(\.rawValue) {
            #expect(names.contains { $0 == key } && house.contains("`\(key)`"), "\(key)")
        }
    }

    @Test func aCommandIsNotShown() throws {
        #expect(places(try config(managed: #"{"notify": "curl secret"}"#)) == ["notify set /e/config.json, line 1"])
    }
}
