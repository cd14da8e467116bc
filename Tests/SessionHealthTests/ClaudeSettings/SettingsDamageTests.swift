import SessionHealth
import Testing

@Suite struct SettingsDamageTests {
    private static let path = "/home/u/.claude/settings.json"
    private static let whole = """
        {"theme": "dark", "env": {"MINE": "1", "CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work", "AWS_REGION": "r", \
        "ANTHROPIC_MODEL": "m"}, "awsAuthRefresh": "aws sso login --profile work"}
        """

    private static func layer(_ text: String?, _ kind: SettingsLayer.Kind = .user) -> SettingsLayer {
        SettingsLayer(
            path: kind == .user ? path : "/etc/claude-code/managed-settings.json", kind: kind,
            content: text.map { .bytes(Array($0.utf8)) } ?? .missing)
    }

    private func found(_ text: String?, managed: String? = nil) -> SettingsDamage? {
        let user = Self.layer(text)
        let settings = ClaudeSettings(layers: [Self.layer(managed, .managed), user])
        return SettingsDamage(of: user, among: settings)
    }

    @Test(
        arguments: [
            (nil, .gone), ("", .empty), (" \n", .empty), ("{}", .empty), (#"{"env":{}}"#, .empty),
            (#"{"a":{}, "env":{}}"#, .empty),
            ("{", .notSettings), ("[]", .notSettings), (#""x""#, .notSettings),
            (#"{"theme": "dark"}"#, .keys(SetupKey.all)), (#"{"env": "x"}"#, .keys(SetupKey.all)),
            (whole.replacing("AWS_PROFILE", with: "X"), .keys([["env", "AWS_PROFILE"]])),
            (whole.replacing(#""r""#, with: #""""#), .keys([["env", "AWS_REGION"]])),
            (whole.replacing(#""r""#, with: "{}"), .keys([["env", "AWS_REGION"]])),
            (whole.replacing("ANTHROPIC_MODEL", with: "X"), .keys([["env", "ANTHROPIC_MODEL"]])),
            (whole.replacing("awsAuthRefresh", with: "x"), .keys([["awsAuthRefresh"]])),
            (whole.replacing("CLAUDE_CODE_USE_BEDROCK", with: "X"), .keys([["env", "CLAUDE_CODE_USE_BEDROCK"]])),
        ] as [(String?, SettingsDamage.Kind)])
    func damages(_ text: String?, _ kind: SettingsDamage.Kind) {
        #expect(found(text)?.kind == kind)
    }

    @Test(arguments: [
        whole, whole.replacing(", ", with: " ,\n"), whole.replacing(#""m""#, with: #""another""#),
        whole.replacing("work", with: "other"), whole.replacing(#""r""#, with: #""eu-west-1""#),
        whole.replacing("BEDROCK\": \"1\"", with: "MANTLE\": \"true\""),
        // Claude Code's `/model` writes this key.
        whole.replacing("\"theme\": \"dark\"", with: "\"model\": \"opus\"").replacing("ANTHROPIC_MODEL", with: "X"),
        whole.replacing("AWS_REGION", with: "AWS_DEFAULT_REGION"),
        // Switched off, or another provider chosen.
        whole.replacing(#"BEDROCK": "1""#, with: #"BEDROCK": "0""#),
        whole.replacing("CLAUDE_CODE_USE_BEDROCK", with: "CLAUDE_CODE_USE_VERTEX"),
        whole.replacing("CLAUDE_CODE_USE_BEDROCK", with: "ANTHROPIC_API_KEY"),
        // Claude Code ignores the whole file, which has lost nothing.
        whole.replacing(#""theme": "dark""#, with: #""model": null"#),
    ])
    func choices(_ text: String) {
        #expect(found(text) == nil)
    }

    @Test func aProfileWithoutASessionHasNoCommand() {
        let layer = Self.layer(Self.whole.replacing("awsAuthRefresh", with: "x"))
        let settings = ClaudeSettings(layers: [layer])
        #expect(SettingsDamage(of: layer, among: settings, keys: SetupKey.all.filter { $0 != SetupKey.command }) == nil)
        #expect(SettingsDamage(of: layer, among: settings)?.kind == .keys([["awsAuthRefresh"]]))
    }

    @Test func whatIsManagedNeedNotBeTheUsers() {
        let gone = Self.whole.replacing("AWS_REGION", with: "X").replacing("awsAuthRefresh", with: "y")
        #expect(found(gone, managed: #"{"env": {"AWS_REGION": "r"}, "awsAuthRefresh": "x"}"#) == nil)
        #expect(found(gone)?.kind == .keys([["env", "AWS_REGION"], ["awsAuthRefresh"]]))
    }

    @Test(arguments: [
        SettingsLayer.Content.tooLarge,
        .unreadable(UnreadableFile(path: "/f", reason: "Permission denied", fix: "chmod")),
    ])
    func whatCannotBeReadIsNotForUsToSay(_ content: SettingsLayer.Content) {
        let layer = SettingsLayer(path: Self.path, kind: .user, content: content)
        #expect(SettingsDamage(of: layer, among: ClaudeSettings(layers: [layer])) == nil && !layer.isBroken)
    }

    @Test(
        arguments: [
            (nil, "settings-gone", "is gone"), ("{}", "settings-empty", "is empty"),
            ("{\n]", "settings-not-json", "line 2"), ("[]", "settings-not-object", "not an object"),
            (#"{"a": 1}"#, "settings-keys-gone", "env.AWS_PROFILE, env.AWS_REGION"),
        ] as [(String?, String, String)])
    func oneFindingWithTheWayOut(_ text: String?, _ code: String, _ words: String) throws {
        let damage = try #require(found(text))
        let findings = damage.findings(among: ClaudeSettings(layers: [Self.layer(text)]).findings)
        #expect(findings.map(\.codeName) == [code])
        #expect(findings[0].message.contains(words) && findings[0].message.contains(Self.path))
        #expect(findings[0].fix == "bedrock-agent setup --repair" && findings[0].severity == .error)
        #expect(damage.hidesProfile)
    }

    @Test func aSessionWhoseProfileIsKnownIsStillGuarded() throws {
        #expect(try #require(found(Self.whole.replacing("ANTHROPIC_MODEL", with: "X"))).hidesProfile == false)
    }
}

@Suite struct SettingsInForceTests {
    private static func settings(_ profile: String) -> ClaudeSettings {
        ClaudeSettings(layers: [], environment: ["AWS_PROFILE": profile])
    }
    private let old = settings("old")
    private let new = settings("new")

    private func take(_ inForce: inout LastSoundSettings, _ isSound: Bool, at boot: Double) -> ClaudeSettings? {
        inForce.take(isSound ? old : new, isSound: isSound, at: boot, patience: 5)
    }

    @Test func aWriteInProgressIsWaitedFor() {
        var inForce = LastSoundSettings()
        #expect(take(&inForce, true, at: 0) == nil)
        #expect(take(&inForce, false, at: 10) == old && inForce.doubtfulSince == 10)
        #expect(take(&inForce, false, at: 14.9) == old && inForce.doubtfulSince == 10)
        #expect(take(&inForce, true, at: 14.95) == nil && inForce.doubtfulSince == nil)
        #expect(take(&inForce, false, at: 16) == old && inForce.doubtfulSince == 16)
    }

    @Test func whatStaysIsTrue() {
        var inForce = LastSoundSettings()
        _ = take(&inForce, true, at: 0)
        _ = take(&inForce, false, at: 10)
        #expect(take(&inForce, false, at: 15) == nil && inForce.doubtfulSince == nil)
        #expect(take(&inForce, false, at: 16) == nil)
        #expect(take(&inForce, true, at: 17) == nil)
        #expect(take(&inForce, false, at: 18) == old)
    }

    @Test func whoNeverSawASoundOneTakesWhatThereIs() {
        var inForce = LastSoundSettings()
        #expect(take(&inForce, false, at: 0) == nil && inForce.doubtfulSince == nil)
    }
}
