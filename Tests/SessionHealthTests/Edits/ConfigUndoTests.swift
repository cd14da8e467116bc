import SessionHealth
import Testing

@Suite struct ConfigUndoTests {
    private func migrate(_ text: String, _ profile: String = "old") throws -> ConfigEdit {
        try ConfigEdit(
            of: ConfigFile(path: "config", bytes: Array(text.utf8)),
            credentials: ConfigFile(path: "credentials", bytes: nil), migrating: profile)
    }

    /// Undoes changes key by key, without comparing the rest of the file.
    private func undo(_ changes: [ConfigEdit.Change], in text: String) throws -> (text: String, left: [String]) {
        let history = FileHistory(FileChanges(config: changes))
        let undone = try history.undone(of: Array(text.utf8), path: "config")
        return (String(decoding: undone.bytes ?? [], as: UTF8.self), undone.left)
    }

    private static let url = "https://corp.awsapps.com/start"
    private static let legacy = """
        [profile old]
        sso_start_url = \(url)
        sso_region = us-east-1
        sso_account_id = 123456789012
        sso_role_name = Dev

        """

    private struct Layout: CustomTestStringConvertible {
        var end: String
        var mark: String
        var indent: String
        var between: String

        var testDescription: String { "\(end.debugDescription) \(mark.debugDescription) \(indent.count) \(between)" }

        static let all = ["\n", "\r\n"].flatMap { end in
            ["=", " = ", ": ", "\t=  "].flatMap { mark in
                ["", "  ", "\t"].flatMap { indent in
                    ["", "# a = b", " ;c", "output = json", "\n"].map { between in
                        Layout(end: end, mark: mark, indent: indent, between: between)
                    }
                }
            }
        }
    }

    /// The session's two keys, anywhere in the section and in any layout that the AWS CLI reads.
    @Test(arguments: Layout.all)
    private func everyLayoutGoesThereAndBack(layout: Layout) throws {
        let moving = ["sso_start_url\(layout.mark)\(Self.url)", "sso_region\(layout.mark)us-east-1"]
        let staying = ["sso_account_id = 123456789012", "sso_role_name = Dev"]
        for first in 0...3 {
            for second in 0...3 where first != second {
                var keys = staying
                keys.insert(moving[first < second ? 0 : 1], at: min(first, second))
                keys.insert(moving[first < second ? 1 : 0], at: max(first, second))
                let body = keys.map { layout.indent + $0 }
                let middle = layout.between.isEmpty || layout.between == "\n" ? [] : [layout.indent + layout.between]
                let lines = ["[profile a]", "region = x", "", "[profile old]"] + body[..<2] + middle + body[2...]
                let text =
                    (lines + (layout.between == "\n" ? ["", ""] : []) + ["[profile b]", "region = y"])
                    .joined(separator: layout.end) + layout.end
                let edit = try migrate(text)
                let after = String(decoding: edit.bytes, as: UTF8.self)
                let kept = lines.filter { line in !moving.contains { line.hasSuffix($0) } }
                #expect(kept.allSatisfy { after.contains($0 + layout.end) })
                #expect(!after.replacing("\r\n", with: "").contains("\r"))
                let undone = try undo(edit.changes, in: after)
                #expect(undone.left == [])
                #expect(undone.text.lines.sorted() == text.lines.sorted())
                #expect(undone.text.hasPrefix("[profile a]" + layout.end))
                #expect(undone.text.hasSuffix("region = y" + layout.end))
            }
        }
    }

    @Test func whatWasAddedSinceStays() throws {
        let edit = try migrate(Self.legacy)
        let after = String(decoding: edit.bytes, as: UTF8.self)
        let text =
            "# top\n" + after.replacing("sso_role_name = Dev\n", with: "sso_role_name = Dev\noutput = json\n")
            + "# mine\n\n[profile b]\nregion = x\n"
        let undone = try undo(edit.changes, in: text)
        #expect(undone.left == [])
        #expect(undone.text == "# top\n" + Self.legacy + "output = json\n\n# mine\n\n[profile b]\nregion = x\n")
    }

    @Test func aKeyOfSomebodyElseKeepsItsSection() throws {
        let edit = try migrate(Self.legacy)
        let text = String(decoding: edit.bytes, as: UTF8.self) + "sso_max_attempts = 2\n"
        let undone = try undo(edit.changes, in: text)
        #expect(undone.text == Self.legacy + "\n[sso-session corp]\nsso_max_attempts = 2\n")
    }

    @Test(arguments: [
        ("sso_session = corp", "sso_session = mine", ["sso_session of [profile old]"]),
        (
            "sso_registration_scopes = sso:account:access", "sso_registration_scopes = a",
            [
                "sso_registration_scopes of [sso-session corp]"
            ]
        ),
        ("[profile old]", "[profile renamed]", ["[sso-session corp], which [profile renamed] uses"]),
        ("sso_session = corp\n", "", []),
    ])
    func whatSomebodyChangedIsNamed(before: String, after: String, left: [String]) throws {
        let edit = try migrate(Self.legacy)
        let text = String(decoding: edit.bytes, as: UTF8.self).replacing(before, with: after)
        let undone = try undo(edit.changes, in: text)
        #expect(undone.left == left)
        #expect(undone.text.contains(after))
    }

    @Test func whatSomebodyPutBackIsNotPutBackTwice() throws {
        let edit = try migrate(Self.legacy)
        let text = String(decoding: edit.bytes, as: UTF8.self)
            .replacing("sso_session = corp\n", with: "sso_session = corp\nsso_region = us-east-1\n")
        #expect(try undo(edit.changes, in: text).text == Self.legacy)
    }

    @Test func aFileThatNobodyCanReadIsRefused() throws {
        let edit = try migrate(Self.legacy)
        let refusal = #expect(throws: ConfigEdit.Refusal.self) {
            try undo(edit.changes, in: String(decoding: edit.bytes, as: UTF8.self) + "[profile old]\n")
        }
        #expect(refusal?.description.contains("again, after line 1") == true)
    }
}

extension String {
    fileprivate var lines: [Substring] { split { $0.isNewline } }
}
