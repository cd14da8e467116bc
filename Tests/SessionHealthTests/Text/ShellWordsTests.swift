import SessionHealth
import Testing

@Suite struct ShellWordsTests {
    /// A mark behind a quote makes it no other quote, for a shell as for Python.
    @Test(arguments: ["a b", "", "it's", "it'\u{301}s; date; '\u{301}", "a\r\nb", "\"\u{FE0F}\\", "'", "M\u{FC}ller"])
    func aQuotedWordIsOneWord(word: String) throws {
        let words = try #require(ShellWords.split(ShellWords.quoted(word)))
        #expect(words.map { Array($0.utf8) } == [Array(word.utf8)])
    }

    @Test func quotesEachQuote() {
        #expect(Array(ShellWords.quoted("a'\u{301}").utf8) == Array(#"'a'\''"#.utf8) + [0xCC, 0x81, UInt8(ascii: "'")])
    }

    @Test func splitsByCodePoints() {
        #expect(ShellWords.split("'a'\u{301} b\r\nc") == ["a\u{301}", "b", "c"])
        #expect(ShellWords.split("\"\u{301}a b\"") == ["\u{301}a b"])
        #expect(ShellWords.split("'a") == nil && ShellWords.split("a\\") == nil)
    }

    /// What a shell takes for the end of a command is one, whatever stands behind it.
    @Test(arguments: [";", "|", "&", "`", "("]) func aCommandMoreIsNoPlainCall(mark: String) {
        #expect(AWSCommandLine("aws sso login --profile a\(mark)\u{301}b") == nil)
    }
}
