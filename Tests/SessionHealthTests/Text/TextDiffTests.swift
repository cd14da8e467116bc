import SessionHealth
import Testing

@Suite struct TextDiffTests {
    private func diff(_ old: String?, _ new: String?, width: Int = 80) -> [String] {
        TextDiff(from: old.map { Array($0.utf8) }, to: new.map { Array($0.utf8) }, width: width).lines.map(\.text)
    }

    @Test(
        arguments: [
            ("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nX\ne\nf\n", ["@@ -2,5 +2,5 @@", " b", " c", "-d", "+X", " e", " f"]),
            (nil, "a\nb\n", ["@@ -0,0 +1,2 @@", "+a", "+b"]),
            ("a\nb\n", nil, ["@@ -1,2 +0,0 @@", "-a", "-b"]),
            ("a\nb\nc\n", "a\nc\n", ["@@ -1,3 +1,2 @@", " a", "-b", " c"]),
            ("a\nb\n", "a\nb\nc\nd\n", ["@@ -1,2 +1,4 @@", " a", " b", "+c", "+d"]),
            ("a", "a\n", ["@@ -1,1 +1,1 @@", "-a", #"\ No newline at end of file"#, "+a"]),
            (
                "a\nb", "c\na\nb",
                ["@@ -1,2 +1,3 @@", "+c", " a", " b", #"\ No newline at end of file"#]
            ),
            ("a\r\nb\r\n", "a\r\nc\r\n", ["@@ -1,2 +1,2 @@", " a", "-b", "+c"]),
            ("a\n", "a\n", []),
            (nil, nil, []),
            (nil, "", []),
            ("\tx\u{1b}[31m\u{202e}\n", "", ["@@ -1,1 +0,0 @@", #"-    x\u{1b}[31m\u{202e}"#]),
        ] as [(String?, String?, [String])])
    func showsWhatDiffers(old: String?, new: String?, expected: [String]) {
        #expect(diff(old, new) == expected)
    }

    @Test func farChangesAreHunksOfTheirOwn() {
        let lines = (1...20).map { "line \($0)\n" }
        var changed = lines
        changed[2] = "X\n"
        changed.insert("Y\n", at: 15)
        #expect(
            diff(lines.joined(), changed.joined()) == [
                "@@ -1,5 +1,5 @@", " line 1", " line 2", "-line 3", "+X", " line 4", " line 5",
                "@@ -14,4 +14,5 @@", " line 14", " line 15", "+Y", " line 16", " line 17",
            ])
    }

    @Test func kindsAreThoseOfTheMarks() {
        let kinds = TextDiff(from: Array("a\nb".utf8), to: Array("a\nc\n".utf8)).lines.map(\.kind)
        #expect(kinds == [.header, .context, .removed, .context, .added])
    }

    @Test func aLongLineIsCutAroundWhatDiffers() {
        let long = String(repeating: "x", count: 100)
        // Without a counterpart all of it differs.
        #expect(diff(long + "\n", "", width: 20).dropFirst().map(\.count) == [20, 20, 20, 20, 20, 6])
        #expect(diff("a\n\(long)\n", "b\n\(long)\n", width: 20).last == " " + String(repeating: "x", count: 18) + "…")
        let lines = diff("{\(long)\"a\":1\(long)}\n", "{\(long)\"a\":2\(long)}\n", width: 30)
        #expect(lines[1] == #"-…xxxxx"a":1xxxxxxxxxxxxxxxxx…"#)
        #expect(lines[2] == #"+…xxxxx"a":2xxxxxxxxxxxxxxxxx…"#)
        #expect(lines.dropFirst().allSatisfy { $0.count == 30 })
        // The difference is at the very end.
        #expect(diff(long + "\n", long + "y\n", width: 20)[2] == "+…xxxxxxxxxxxxxxxxxy")
    }

    @Test func aLongDifferenceGoesOnOverSomeLines() {
        let old = #"{"model":"opus","permissions":{"allow":["Bash(ls:*)"]}}"#
        let new = #"{"model":"opus","permissions":{"allow":["Bash(ls:*)"]},"env":{"AWS_PROFILE":"work"},"x":[1]}"#
        #expect(
            diff(old, new, width: 40) == [
                "@@ -1,1 +1,1 @@", #"-…permissions":{"allow":["Bash(ls:*)"]}}"#, #"\ No newline at end of file"#,
                #"+…Bash(ls:*)"]},"env":{"AWS_PROFILE":"wo"#, #"+rk"},"x":[1]}"#, #"\ No newline at end of file"#,
            ])
        let endless = diff("a\n", String(repeating: "x", count: 3000) + "\n", width: 40)
        #expect(endless.count == 12)
        #expect(endless.last?.hasSuffix("…") == true)
        #expect(endless.allSatisfy { $0.count <= 40 })
    }

    @Test(arguments: [
        #"{"env": {"AWS_BEARER_TOKEN_BEDROCK": "hidden-1"}, "a": 1}"#,
        "{\n  \"apiKey\": [\n    \"hidden-1\",\n    {\"x\": \"hidden-2\"}\n  ],\n  \"a\": 1\n}",
        #"{"mcpServers": {"a": {"env": {"GITHUB_\u0054OKEN": "hidden-1", "MY_KEY": "hidden-2"}}}}"#,
        #"{"headers": {"Accept": "hidden-1"}, "env": {"HTTPS_PROXY": "http://u:hidden-2@proxy"}}"#,
        #"{"env": {"GH_PAT": "hidden-1", "DATABASE_URL": "postgres://u:hidden-2@h/x"}, "passphrase": "hidden-3"}"#,
        #"{"hooks": [{"command": "curl -H 'Authorization: Bearer hidden-1'"}, "sync --token hidden-2"]}"#,
        #"{"remote": "https://u:hidden-1@git.example/x", "a": {"env": {"X": ["hidden-2"]}}}"#,
        "[p]\naws_secret_access_key = hidden-1\naws_session_token: hidden-2\n",
        "[p]\n# aws_secret_access_key=hidden-1\n  ;AWS_ACCESS_KEY_ID = hidden-2",
        "[p]\ncredential_process = hidden-1\n  --more hidden-2\n\n  hidden-3\nregion = x\n",
    ])
    func secretsAreCovered(text: String) {
        for lines in [diff(nil, text), diff(text, nil), diff(text, text + "\n\n")] {
            #expect(!lines.contains { $0.contains("hidden") })
        }
        #expect(diff(nil, text).contains { $0.contains("[…]") })
    }

    @Test(arguments: [
        #"{"env": {"AWS_PROFILE": "shown-token"}}"#, #"{"env": {"CLAUDE_CODE_SHELL": "shown"}}"#,
        #"{"statusLine": {"command": "shown", "url": "https://shown.example/@user"}}"#, #"{"awsAuthRefresh": "shown"}"#,
        "[profile shown]\nsso_session = shown",
        "[p]\naws_session_token = t\nregion = shown",
    ])
    func everythingElseIsShown(text: String) {
        #expect(diff(nil, text).contains { $0.contains("shown") })
    }

    @Test func aSecretThatChangesIsALineThatChanges() {
        #expect(
            diff("[p]\naws_secret_access_key = 1\n", "[p]\naws_secret_access_key = 2\n")
                == ["@@ -1,2 +1,2 @@", " [p]", "-aws_secret_access_key = […]", "+aws_secret_access_key = […]"])
    }
}
