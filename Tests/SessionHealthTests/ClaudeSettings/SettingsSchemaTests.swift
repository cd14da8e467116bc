import SessionHealth
import Testing

/// Each value was given to Claude Code 2.1.332, which ignored the whole file, or did not.
@Suite struct SettingsSchemaTests {
    private func read(_ text: String, _ kind: SettingsLayer.Kind = .user) -> ClaudeSettings {
        read(whole: #"{"env": {"CLAUDE_CODE_USE_BEDROCK": "1"}, \#(text)}"#, kind)
    }

    private func read(whole text: String, _ kind: SettingsLayer.Kind) -> ClaudeSettings {
        let bytes = Array(text.utf8)
        return ClaudeSettings(layers: [SettingsLayer(path: "/s", kind: kind, content: .bytes(bytes))])
    }

    @Test(arguments: [
        (#""statusLine": "x.sh""#, "statusLine"), (#""statusLine": {"command": "x"}"#, "statusLine.type"),
        (#""statusLine": {"type": "static", "command": "x"}"#, "statusLine.type"),
        (#""statusLine": {"type": "command", "command": "x", "padding": "1"}"#, "statusLine.padding"),
        (#""cleanupPeriodDays": "30""#, "cleanupPeriodDays"), (#""cleanupPeriodDays": 0"#, "cleanupPeriodDays"),
        (#""cleanupPeriodDays": 1.5"#, "cleanupPeriodDays"), (#""model": null"#, "model"),
        (#""awsCredentialExport": 5"#, "awsCredentialExport"),
        (#""includeCoAuthoredBy": "true""#, "includeCoAuthoredBy"),
        (#""permissions": []"#, "permissions"), (#""permissions": {"allow": null}"#, "permissions.allow"),
        (#""permissions": {"defaultMode": "yolo"}"#, "permissions.defaultMode"),
        (#""hooks": {"PreToolUse": {}}"#, "hooks.PreToolUse"),
        (#""hooks": {"PreToolUse": [{"matcher": 5, "hooks": []}]}"#, "hooks.PreToolUse.0.matcher"),
        (#""enabledPlugins": {"a@b": "x"}"#, "enabledPlugins.a@b"), (#""availableModels": [5]"#, "availableModels.0"),
        (#""attribution": {"commit": 5}"#, "attribution.commit"),
        (#""sandbox": {"enabled": "yes"}"#, "sandbox.enabled"),
        (#""tui": "big""#, "tui"),
    ])
    func ignoresTheWholeFile(_ member: String, _ key: String) {
        let settings = read(member)
        #expect(!settings.usesBedrock.value)
        #expect(settings.findings.map(\.codeName) == ["settings-refused"])
        #expect(settings.findings.first?.message.contains("/s, line 1: \(key) must be") == true)
        // Of a managed file it leaves out only the key.
        #expect(read(member, .managed).usesBedrock.value)
        #expect(read(member, .managed).problems.isEmpty)
    }

    @Test(arguments: [
        ("", true), (#", "env": {}"#, true), (#", "permissions": {}"#, true), (#", "statusLine": "x""#, true),
        (#", "env": {"A": "b"}"#, false), (#", "model": "opus""#, false), (#", "foo": 1"#, false),
        (#", "permissions": {"deny": []}"#, false), (#", "awsCredentialExport": """#, false),
    ])
    func doesNotStartWhereAWrongHookIsAllThatIsManaged(_ more: String, _ stops: Bool) {
        for event in ["PreToolUse", "PermissionRequest"] {
            let settings = read(whole: #"{"hooks": {"\#(event)": "x"}\#(more)}"#, .managed)
            #expect(settings.problems.contains { $0.stopsClaude } == stops)
            let none = read(whole: #"{"hooks": {"\#(event)": null}\#(more)}"#, .managed)
            #expect(none.problems.isEmpty)
        }
    }

    @Test(arguments: [
        #""theme": 5"#, #""myOwn": null"#, #""model": """#, #""hooks": "x""#, #""hooks": {"Unknown": 5}"#,
        #""hooks": {"PreToolUse": null}"#,
        #""permissions": {"allow": [5], "other": 1}"#, #""statusLine": {"type": "command", "command": "x"}"#,
        #""attribution": false"#, #""enabledPlugins": {"a@b": true}"#, #""cleanupPeriodDays": 30"#,
    ])
    func isRead(_ member: String) {
        #expect(read(member).usesBedrock.value)
    }
}
