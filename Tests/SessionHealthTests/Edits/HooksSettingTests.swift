import SessionHealth
import Testing

/// Our hooks among others: added behind them, in the layout of the file, and taken out again.
@Suite struct HooksSettingTests {
    private static let others =
        #""env":{"CLAUDE_CODE_USE_BEDROCK":"1","AWS_PROFILE":"p","AWS_REGION":"r","#
        + #""ANTHROPIC_MODEL":"m"}"#

    private func edit(_ text: String, hooks: Bool?) throws -> (text: String, changes: [SettingsEdit.Change]) {
        let edit = try SettingsEdit(
            of: Array(text.utf8), path: "settings.json", profile: "p", region: "r", model: "m", command: nil,
            hooks: hooks)
        return (String(decoding: edit.bytes, as: UTF8.self), edit.changes)
    }

    private func undone(_ changes: [SettingsEdit.Change], in text: String) throws -> (text: String, left: [String]) {
        let edit = try SettingsEdit(undoing: changes, in: Array(text.utf8), path: "settings.json")
        return (String(decoding: edit.bytes, as: UTF8.self), edit.left)
    }

    private static let start =
        #"{"hooks":[{"type":"command","command":"bedrock-agent hook session-start 2>/dev/null || :","timeout":2}]}"#
    private static let bare = #"{"command":"bedrock-agent hook session-start 2>/dev/null || :"}"#
    private static let stop =
        #"{"hooks":[{"type":"command","command":"bedrock-agent hook stop-failure 2>/dev/null || :","timeout":2}]}"#
    private static let changed =
        #"{"matcher":"bedrock-agent-failure","#
        + #""hooks":[{"type":"command","command":"bedrock-agent hook file-changed 2>/dev/null || :","timeout":2}]}"#
    private static let all = #""SessionStart":[\#(start)],"StopFailure":[\#(stop)],"FileChanged":[\#(changed)]"#

    @Test func onOneLine() throws {
        let (text, changes) = try edit("{\(Self.others)}", hooks: true)
        #expect(text == #"{\#(Self.others),"hooks":{\#(Self.all)}}"#)
        #expect(
            changes.map(\.path) == [["hooks", "SessionStart"], ["hooks", "StopFailure"], ["hooks", "FileChanged"]])
        #expect(try edit(text, hooks: true).changes.isEmpty)
        #expect(try edit(text, hooks: nil).changes.isEmpty)
        #expect(try undone(changes, in: text) == ("{\(Self.others)}", []))
        #expect(try edit(text, hooks: false).text == "{\(Self.others)}")
    }

    @Test func onLines() throws {
        let before = "{\n\t\(Self.others),\n\t\"hooks\": {\n\t\t\"Stop\": []\n\t}\n}\n"
        let (text, changes) = try edit(before, hooks: true)
        let rows = text.split(separator: "\n").map(String.init)
        #expect(
            rows[3...13].joined(separator: "\n") == """
                \t\t"Stop": [],
                \t\t"SessionStart": [
                \t\t\t{
                \t\t\t\t"hooks":[
                \t\t\t\t\t{
                \t\t\t\t\t\t"type":"command",
                \t\t\t\t\t\t"command":"bedrock-agent hook session-start 2>/dev/null || :",
                \t\t\t\t\t\t"timeout":2
                \t\t\t\t\t}
                \t\t\t\t]
                \t\t\t}
                """)
        #expect(try undone(changes, in: text) == (before, []))
        #expect(try edit(text, hooks: false).text == before)
    }

    /// Lists that have something already: `,` and what is before the last one is as between others.
    @Test(arguments: [
        #"[{"hooks":[{"type":"command","command":"mine"}]}]"#, "[ ]", "[]",
        "[\n      {\"hooks\": []}\n    ]",
        "[\n      {\n        \"matcher\": \"x\",\n        \"hooks\": [ ]\n      },\n\n      {\"hooks\": []}\n    ]",
        "[{\"hooks\": []}, 5,\n  \"odd\"]",
    ])
    func behindOthers(list: String) throws {
        let before = "{\n  \(Self.others),\n  \"hooks\": {\n    \"SessionStart\": \(list),\n    \"Stop\": []\n  }\n}\n"
        let (text, changes) = try edit(before, hooks: true)
        #expect(text.contains("bedrock-agent hook session-start"))
        let document = try JSONDocument(parsing: Array(text.utf8))
        let count = try JSONDocument(parsing: Array(before.utf8)).node(at: ["hooks", "SessionStart"])?.elements.count
        #expect(document.node(at: ["hooks", "SessionStart"])?.elements.count == (count ?? 0) + 1)
        #expect(try edit(text, hooks: true).changes.isEmpty)
        let back = try undone(changes, in: text)
        #expect(back.left.isEmpty)
        // An empty list has no layout to keep.
        #expect(back.text == before.replacing("\"SessionStart\": [ ]", with: "\"SessionStart\": []"))
    }

    /// Whatever others have done since, only ours goes.
    @Test(arguments: [
        (#""SessionStart":[\#(start),{"hooks":[]}]"#, #"{"SessionStart":[{"hooks":[]}]}"#),
        (#""SessionStart":[5,\#(start),{"hooks":[]}]"#, #"{"SessionStart":[5,{"hooks":[]}]}"#),
        (
            #""SessionStart":[{"matcher":"x","hooks":[\#(bare),{"command":"m"}]}]"#,
            #"{"SessionStart":[{"matcher":"x","hooks":[{"command":"m"}]}]}"#
        ),
        (#""SessionStart":[\#(start),\#(start)]"#, nil),
        (#""Stop":[]"#, #"{"Stop":[]}"#),
        (
            #""SessionStart":[{"hooks":[{"type":"command","command":"/o/bedrock-agent hook session-start; mine"}]}]"#,
            #"{"SessionStart":[{"hooks":[{"type":"command","command":"/o/bedrock-agent hook session-start; mine"}]}]}"#
        ),
    ])
    func afterAChange(hooks: String, left: String?) throws {
        let changes = try edit("{\(Self.others)}", hooks: true).changes
        let back = try undone(changes, in: #"{\#(Self.others),"hooks":{\#(hooks)}}"#)
        #expect(back.text == "{\(Self.others)\(left.map { ",\"hooks\":\($0)" } ?? "")}")
    }

    @Test(arguments: ["[]", "null", #""x""#, #"{"SessionStart":{}}"#, #"{"FileChanged":"x"}"#])
    func refusesWhatIsNoList(hooks: String) {
        #expect(throws: SettingsEdit.Refusal.self) { try edit(#"{"hooks":\#(hooks)}"#, hooks: true) }
    }

    @Test func withoutARecord() throws {
        let text = #"{"awsAuthRefresh":"bedrock-agent login --profile p","hooks":{"Stop":[],\#(Self.all)}}"#
        let setup = UnrecordedSetup(in: Array(text.utf8), config: nil, backups: [])
        #expect(try undone(setup.changes, in: text).text == #"{"hooks":{"Stop":[]}}"#)
    }
}
