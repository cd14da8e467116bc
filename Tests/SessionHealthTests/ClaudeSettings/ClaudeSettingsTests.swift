import SessionHealth
import Testing

@Suite struct ClaudeSettingsTests {
    static let path = "/home/u/.claude/settings.json"

    private func user(_ text: String) -> SettingsLayer {
        SettingsLayer(path: Self.path, kind: .user, content: .bytes(Array(text.utf8)))
    }

    private func managed(_ name: String, _ text: String) -> SettingsLayer {
        SettingsLayer(path: "/etc/claude-code/\(name)", kind: .managed, content: .bytes(Array(text.utf8)))
    }

    @Test func readsTheUsersSettings() {
        let settings = ClaudeSettings(layers: [
            user(
                """
                {
                  "env": {
                    "CLAUDE_CODE_USE_BEDROCK": "1",
                    "AWS_PROFILE": "work",
                    "AWS_REGION": "us-west-2",
                    "ANTHROPIC_MODEL": "global.x",
                    "CLAUDE_CODE_SKIP_BEDROCK_AUTH": "1"
                  },
                  "awsAuthRefresh": "aws sso login --profile work"
                }
                """)
        ])
        func from(_ line: Int) -> Provenance { .file(path: Self.path, line: line, kind: .user) }
        #expect(settings.usesBedrock == Setting(true, from: from(3)))
        #expect(settings.profile == Setting("work", from: from(4)))
        #expect(settings.region == Setting("us-west-2", from: from(5)))
        #expect(settings.model == Setting("global.x", from: from(6)))
        #expect(settings.skipsAuth == Setting("CLAUDE_CODE_SKIP_BEDROCK_AUTH", from: from(7)))
        #expect(settings.awsAuthRefresh?.value.line == "aws sso login --profile work")
        #expect(settings.awsAuthRefresh?.value.openPlace == nil)
        #expect(settings.awsAuthRefresh?.source.description == "\(Self.path):9")
        #expect(settings.bearerToken == nil)
        #expect(settings.findings.isEmpty)
    }

    @Test func managedBeatsUserKeyByKeyAndTheLaterFileTheEarlier() {
        let settings = ClaudeSettings(layers: [
            managed("managed-settings.json", #"{"env": {"AWS_PROFILE": "base", "AWS_REGION": "eu-west-1"}}"#),
            managed("managed-settings.d/10.json", #"{"env": {"AWS_PROFILE": "ten"}, "awsAuthRefresh": "ten"}"#),
            managed("managed-settings.d/20.json", #"{"env": {"AWS_PROFILE": "twenty",}}"#),
            user(#"{"env": {"AWS_PROFILE": "mine", "CLAUDE_CODE_USE_BEDROCK": "1"}, "awsAuthRefresh": "mine"}"#),
        ])
        #expect(settings.profile.value == "ten")
        #expect(settings.profile.source.path == "/etc/claude-code/managed-settings.d/10.json")
        #expect(settings.region?.value == "eu-west-1")
        #expect(settings.awsAuthRefresh?.value.line == "ten")
        #expect(settings.usesBedrock.value)
        #expect(settings.findings.map(\.codeName) == ["settings-not-json"])
    }

    @Test(arguments: [
        ("", "", false), (#""CLAUDE_CODE_USE_BEDROCK": "1""#, "", true),
        (#""CLAUDE_CODE_USE_BEDROCK": """#, "1", false),
        (#""CLAUDE_CODE_USE_BEDROCK": "0""#, "1", false), (#""CLAUDE_CODE_USE_BEDROCK": "True""#, "", true),
        (#""CLAUDE_CODE_USE_BEDROCK": 1"#, "", true), (#""CLAUDE_CODE_USE_BEDROCK": 1.0"#, "", true),
        (#""CLAUDE_CODE_USE_BEDROCK": true"#, "", true), (#""CLAUDE_CODE_USE_BEDROCK": "\t TRUE\n""#, "", true),
        (#""CLAUDE_CODE_USE_BEDROCK": ["1"]"#, "", true), (#""CLAUDE_CODE_USE_BEDROCK": null"#, "1", false),
        (#""CLAUDE_CODE_USE_BEDROCK": "2""#, "1", false), (#""CLAUDE_CODE_USE_BEDROCK": "enabled""#, "1", false),
        (#""CLAUDE_CODE_USE_BEDROCK": {}"#, "1", false), ("", " yes ", true),
        (#""CLAUDE_CODE_USE_MANTLE": "1""#, "", true), ("", "1", true),
    ])
    func knowsWhetherBedrockIsOn(member: String, shell: String, expected: Bool) {
        let layer = user("{\"model\": \"opus\", \"env\": {\(member)}}")
        let settings = ClaudeSettings(layers: [layer], environment: ["CLAUDE_CODE_USE_BEDROCK": shell])
        #expect(settings.usesBedrock.value == expected)
    }

    @Test func theEnvironmentFillsInAndSettingsOverrideIt() {
        let shell = ["AWS_PROFILE": "shell", "AWS_DEFAULT_REGION": "eu-north-1", "AWS_BEARER_TOKEN_BEDROCK": "s3cret"]
        let settings = ClaudeSettings(layers: [], environment: shell)
        #expect(settings.profile == Setting("shell", from: .environment("AWS_PROFILE")))
        #expect(settings.region == Setting("eu-north-1", from: .environment("AWS_DEFAULT_REGION")))
        #expect(settings.bearerToken == Setting(true, from: .environment("AWS_BEARER_TOKEN_BEDROCK")))
        #expect(!"\(settings)".contains("s3cret"))
        let layer = user(
            #"{"env": {"AWS_PROFILE": "", "AWS_BEARER_TOKEN_BEDROCK": "", "ANTHROPIC_DEFAULT_MODEL": "m"}}"#)
        let overridden = ClaudeSettings(layers: [layer], environment: shell)
        #expect(overridden.profile == Setting("default", from: .standard))
        #expect(overridden.bearerToken == nil)
        #expect(overridden.model?.value == "m")
        #expect(ClaudeSettings(layers: []).region == nil)
    }

    @Test(arguments: [
        ("{\n  \"env\": {},\n}", "settings-not-json", "line 2, column 12: a trailing comma"),
        ("{\n  // hi\n}", "settings-not-json", "line 2, column 3: a comment"),
        ("\u{FEFF}\u{FEFF}{}", "settings-not-json", "line 1"),
        ("[]", "settings-not-object", "not an object"),
        ("", "settings-empty", "is empty"),
        (" \n", "settings-empty", "is empty"),
        ("{}", "settings-empty", "is empty"),
        ("{\"env\":{}}", "settings-empty", "is empty"),
        ("{\"env\": []}", "settings-refused", "line 1: env must be an object, so Claude Code ignores the whole file"),
        ("{\n\"env\":\n{\"A\": null}}", "settings-env-not-string", "line 3: env.A is neither a string nor"),
        ("{\"awsAuthRefresh\": [\"aws\"]}", "settings-refused", "line 1: awsAuthRefresh must be a string"),
    ])
    func saysWhatIsWrong(text: String, code: String, message: String) {
        let findings = ClaudeSettings(layers: [user(text)]).findings
        #expect(findings.map(\.codeName) == [code])
        #expect(findings.allSatisfy { $0.message.contains(message) && $0.message.contains(Self.path) })
        #expect(findings.allSatisfy { $0.subject == Self.path && !$0.fix.isEmpty })
    }

    @Test(
        arguments: [
            (SettingsLayer.Content.missing, []), (.tooLarge, ["settings-too-large"]),
            (
                .unreadable(UnreadableFile(path: "/f", reason: "Permission denied", fix: "chmod")),
                ["settings-unreadable"]
            ),
        ] as [(SettingsLayer.Content, [String])])
    func aFileThatCannotBeReadIsAFinding(content: SettingsLayer.Content, codes: [String]) {
        let layer = SettingsLayer(path: Self.path, kind: .user, content: content)
        #expect(ClaudeSettings(layers: [layer]).findings.map(\.codeName) == codes)
    }

    @Test func aFileOf2MiBIsReadAndALargerOneIsNot() {
        for (count, codes) in [(SettingsLayer.largest, []), (SettingsLayer.largest + 1, ["settings-too-large"])] {
            let text = #"{"model": "opus"}"# + String(repeating: " ", count: count - 17)
            #expect(ClaudeSettings(layers: [user(text)]).findings.map(\.codeName) == codes)
        }
    }

    @Test(
        arguments: [
            (false, false, nil, "settings-wrong-owner"), (true, true, nil, "settings-writable-by-others"),
            (true, false, OpenPlace("/home", .roots), "settings-writable-by-others"),
        ] as [(Bool, Bool, OpenPlace?, String)])
    func aCommandFromAFileThatOthersControlIsNotTrusted(
        isOwned: Bool, isWritable: Bool, folder: OpenPlace?, code: String
    ) {
        var layer = user(#"{"awsAuthRefresh": "x", "env": {"AWS_PROFILE": "p"}}"#)
        #expect(ClaudeSettings(layers: [layer]).awsAuthRefresh?.value.openPlace == nil)
        #expect(ClaudeSettings(layers: [layer]).variables["AWS_PROFILE"] == "p")
        layer.replaceableIn = folder
        layer.isOwnedAsExpected = isOwned
        layer.isWritableByOthers = isWritable
        let settings = ClaudeSettings(layers: [layer])
        #expect(settings.awsAuthRefresh?.value.openPlace != nil && settings.variables == [:])
        #expect(settings.profile.value == "p")
        #expect(settings.findings.map(\.codeName) == [code])
    }

    @Test func anAPIKeyHelperBesideBedrockIsAFinding() {
        let text = #"{"apiKeyHelper": "k", "env": {"CLAUDE_CODE_USE_BEDROCK": "1"}}"#
        #expect(ClaudeSettings(layers: [user(text)]).findings.map(\.codeName) == ["api-key-helper"])
        #expect(ClaudeSettings(layers: [user(#"{"apiKeyHelper": "k"}"#)]).findings.isEmpty)
    }
}
