import SessionHealth
import Testing

@Suite struct SettingsEditTests {
    static let path = "/home/u/.claude/settings.json"
    static let ours = [
        ["env", "CLAUDE_CODE_USE_BEDROCK"], ["env", "AWS_PROFILE"], ["env", "AWS_REGION"], ["env", "ANTHROPIC_MODEL"],
        ["awsAuthRefresh"],
    ]

    private func edit(_ bytes: [UInt8]?) throws(SettingsEdit.Refusal) -> SettingsEdit {
        try SettingsEdit(
            of: bytes, path: Self.path, profile: "work", region: "us-west-2", model: "global.m",
            command: "aws sso login --profile work")
    }

    /// A document without the values of our keys: it must be the same before and after.
    private func rest(_ bytes: [UInt8], without keys: [[String]]) throws -> [UInt8] {
        var document = try JSONDocument(parsing: bytes)
        for key in keys { try document.remove(at: key) }
        return document.bytes
    }

    @Test(arguments: [nil, "", " \n\n"])
    func writesANewFile(before: String?) throws {
        let edit = try edit(before.map { Array($0.utf8) })
        #expect(
            String(decoding: edit.bytes, as: UTF8.self) == """
                {
                  "env": {
                    "CLAUDE_CODE_USE_BEDROCK": "1",
                    "AWS_PROFILE": "work",
                    "AWS_REGION": "us-west-2",
                    "ANTHROPIC_MODEL": "global.m"
                  },
                  "awsAuthRefresh": "aws sso login --profile work"
                }

                """)
        #expect(edit.changes.map(\.path) == Self.ours)
        #expect(edit.changes.map(\.addsParent) == [true, false, false, false, false])
        #expect(edit.changes[1] == SettingsEdit.Change(path: ["env", "AWS_PROFILE"], old: nil, new: "\"work\""))
    }

    @Test(arguments: UglySettings.all)
    func changesOurKeysOnlyAndTakesThemBack(ugly: UglySettings) throws {
        let edit = try edit(ugly.bytes)
        #expect(!edit.changes.isEmpty)
        #expect(try rest(edit.bytes, without: Self.ours) == rest(ugly.bytes, without: Self.ours))
        let again = try self.edit(edit.bytes)
        #expect(again.bytes == edit.bytes)
        #expect(again.changes.isEmpty)
        let undone = try SettingsEdit(undoing: edit.changes, in: edit.bytes, path: Self.path)
        #expect(undone.bytes == ugly.bytes)
        #expect(undone.changes.count == edit.changes.count)
    }

    @Test func undoingLeavesWhatSomebodyChanged() throws {
        let first = try edit(Array(#"{"env": {"AWS_PROFILE": "old"}, "x": 1}"#.utf8))
        var document = try JSONDocument(parsing: first.bytes)
        try document.set("theirs", at: ["env", "ANTHROPIC_MODEL"])
        let undone = try SettingsEdit(undoing: first.changes, in: document.bytes, path: Self.path)
        let after = #"{"env": {"AWS_PROFILE": "old", "ANTHROPIC_MODEL": "theirs"}, "x": 1}"#
        #expect(String(decoding: undone.bytes, as: UTF8.self) == after)
        #expect(undone.changes.count == 4)
    }

    /// Equal for `String` only: to every other program it is another profile.
    @Test func aNameInAnotherSpellingIsAnotherName() throws {
        func edit(_ name: String, of text: String) throws -> SettingsEdit {
            try SettingsEdit(
                of: Array(text.utf8), path: Self.path, profile: name, region: "r", model: "m", command: nil)
        }
        let composed = try edit("M\u{FC}ller", of: "{}")
        let text = String(decoding: composed.bytes, as: UTF8.self)
        let decomposed = try edit("Mu\u{308}ller", of: text)
        #expect(decomposed.changes.map(\.path) == [["env", "AWS_PROFILE"]])
        let undone = try SettingsEdit(undoing: composed.changes, in: decomposed.bytes, path: Self.path)
        #expect(undone.left == ["env.AWS_PROFILE"])
    }

    @Test func undoingTwoSetupsGoesBackToTheFirst() throws {
        let before = Array(#"{"x": 1}"#.utf8)
        let first = try edit(before)
        let second = try SettingsEdit(
            of: first.bytes, path: Self.path, profile: "other", region: "us-west-2", model: "global.m", command: "c")
        let changes = SettingsEdit.joining(first.changes, second.changes)
        #expect(second.changes.count == 2)
        #expect(changes.count == 5)
        #expect(try SettingsEdit(undoing: changes, in: second.bytes, path: Self.path).bytes == before)
    }

    @Test func joiningKeepsAValueSetInBetween() {
        let path = ["env", "AWS_PROFILE"]
        let first = [SettingsEdit.Change(path: path, old: nil, new: "1")]
        let second = [SettingsEdit.Change(path: path, old: "2", new: "3")]
        var expected = SettingsEdit.Change(path: path, old: "2", new: "3")
        expected.earlier = ["1"]
        #expect(SettingsEdit.joining(first, second) == [expected])
    }

    @Test(arguments: [
        ("{\n  \"a\": 1,\n}", "line 2, column 9: a trailing comma"),
        ("{ // x\n}", "line 1, column 3: a comment"),
        ("{\"a\": 1", "line 1, column 8: the file ends here"),
        ("[]", "line 1, column 1: the file is not an object"),
        ("\n\"x\"", "line 2, column 1: the file is not an object"),
        ("{\n\"env\": null}", "line 2, column 8: \"env\" is not an object"),
    ])
    func refusesWhatItCannotRead(text: String, expected: String) {
        let refusal = #expect(throws: SettingsEdit.Refusal.self) { try edit(Array(text.utf8)) }
        #expect(refusal?.description.contains(expected) == true)
        #expect(refusal?.description.hasPrefix(Self.path) == true)
    }

    @Test func refusesMoreThanClaudeCodeReads() {
        let bytes = [UInt8](repeating: UInt8(ascii: " "), count: SettingsLayer.largest) + Array("{}".utf8)
        let refusal = #expect(throws: SettingsEdit.Refusal.self) { try edit(bytes) }
        #expect(refusal?.description.contains("larger than 2 MiB") == true)
    }
}
