import SessionHealth
import Testing

@Suite struct PrintableTests {
    @Test(arguments: [
        ("plain text, ümläut, 日本語, emoji 😀", "plain text, ümläut, 日本語, emoji 😀"),
        ("\u{1B}[31m\u{7}\r\n\t", #"\u{1b}[31m\u{7}\u{d}\u{a}\u{9}"#),
        ("\u{9B}2K\u{85}", #"\u{9b}2K\u{85}"#),
        ("\u{202E}\u{2066}\u{200E}", #"\u{202e}\u{2066}\u{200e}"#),
        ("a\u{200B}\u{200D}\u{FEFF}\u{AD}\u{2060}b", #"a\u{200b}\u{200d}\u{feff}\u{ad}\u{2060}b"#),
        ("\u{E0041}\u{FE0F}\u{3164}\u{115F}", #"\u{e0041}\u{fe0f}\u{3164}\u{115f}"#),
        ("e\u{301}", #"e\u{301}"#), ("\u{37E}\u{1FEF}\u{212A}", #"\u{37e}\u{1fef}\u{212a}"#),
        ("\u{A0}\u{3000}", #"\u{a0}\u{3000}"#), ("\u{E000}\u{0}", #"\u{e000}\u{0}"#),
    ])
    func whatIsNotSeenOrObeyedIsWrittenOut(text: String, shown: String) { #expect(text.printable == shown) }

    @Test func whatIsToBeApprovedIsSpelledOut() {
        #expect("aws sso login".spelledOut == "aws sso login")
        #expect("p\u{430}ypal ü".spelledOut == #"p\u{430}ypal \u{fc}"#)
        #expect("a\u{1B}\nb\n".printableLines == "a\\u{1b}\nb\n")
    }

    @Test func spellingsThatSwiftHoldsToBeEqualDiffer() {
        #expect("\u{E9}" == "e\u{301}" && !"\u{E9}".isSpelled(as: "e\u{301}") && "\u{E9}".isSpelled(as: "\u{E9}"))
        #expect(!["\u{37E}"].containsSpelled(";") && ["a", ";"].containsSpelled(";"))
    }

    @Test func aDocumentTakesTheSpellingThatIsWritten() throws {
        var document = try JSONDocument(parsing: Array(#"{"a": "\#u{37E}"}"#.utf8))
        #expect(!document.bytes.isEmpty)
        try document.set(";", at: ["a"])
        #expect(String(decoding: document.bytes, as: UTF8.self) == #"{"a": ";"}"#)
    }
}
