import SessionHealth
import Testing

/// Our own `config.json`: a name comes into one of its lists and goes, and all else stays byte for byte.
@Suite struct OwnListEditTests {
    @Test(arguments: [
        (nil, "{\n  \"profiles\": [\"a\"]\n}\n"),
        (" \n", "{\n  \"profiles\": [\"a\"]\n}\n"),
        (#"{"profiles":[]}"#, #"{"profiles":["a"]}"#),
        (#"{ "notify" : "x",  "profiles" :["b" ]}"#, #"{ "notify" : "x",  "profiles" :["b", "a"]}"#),
        (#"{"profiles": ["a"]}"#, #"{"profiles": ["a"]}"#),
    ])
    func aProfileComes(before: String?, after: String) throws {
        let edit = try OwnListEdit(
            .profiles, of: before.map { Array($0.utf8) }, path: "c", name: "a", isGuarded: true)
        #expect(String(decoding: edit.bytes, as: UTF8.self) == after)
        #expect(edit.names.last == "a")
        #expect(edit.done.isEmpty == (before == after))
    }

    @Test func itGoes() throws {
        let text = #"{"claudeFolders": ["/a"], "profiles": ["a", "b"]}"#
        let one = try OwnListEdit(.profiles, of: Array(text.utf8), path: "c", name: "a", isGuarded: false)
        #expect(String(decoding: one.bytes, as: UTF8.self) == #"{"claudeFolders": ["/a"], "profiles": ["b"]}"#)
        let both = try OwnListEdit(.profiles, of: one.bytes, path: "c", name: "b", isGuarded: false)
        #expect(String(decoding: both.bytes, as: UTF8.self) == #"{"claudeFolders": ["/a"]}"#)
        let none = try OwnListEdit(.profiles, of: both.bytes, path: "c", name: "b", isGuarded: false)
        #expect(none.bytes == both.bytes && none.done.isEmpty)
    }

    /// Names that look alike are two.
    @Test func aNameIsWhatIsSpelled() throws {
        let text = "{\"profiles\": [\"caf\u{E9}\"]}"
        let edit = try OwnListEdit(.profiles, of: Array(text.utf8), path: "c", name: "cafe\u{301}", isGuarded: true)
        #expect(edit.names.count == 2)
    }
}
