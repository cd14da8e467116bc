import SessionHealth
import Testing

@Suite struct JSONNodeTests {
    static let document = #"""
        {"a": [1, -0.5e+3, true, false, null, {}, [ ]], "é": "x\n\"\/\\\u00e9\ud83d\ude00 ü",
        "b" :{ "c":{"d":"e"} } , "a": 2}
        """#

    private func parse(_ text: String) throws(JSONError) -> JSONNode {
        try JSONNode(parsing: Array(text.utf8).span)
    }

    private func error(_ bytes: [UInt8]) -> String {
        do throws(JSONError) {
            _ = try JSONNode(parsing: bytes.span)
            return "valid"
        } catch {
            return error.description
        }
    }

    @Test func readsADocument() throws {
        let bytes = Array(Self.document.utf8)
        let node = try JSONNode(parsing: bytes.span)
        #expect(node.range == 0..<bytes.count)
        #expect(node.members.map { $0.name(in: bytes.span) } == ["a", "é", "b", "a"])
        #expect(node.member("a", in: bytes.span)?.int(in: bytes.span) == 2)
        #expect(node.member("é", in: bytes.span)?.string(in: bytes.span) == "x\n\"/\\é😀 ü")
        #expect(node.member("e\u{301}", in: bytes.span) == nil)
        let inner = node.member("b", in: bytes.span)?.member("c", in: bytes.span)?.member("d", in: bytes.span)
        #expect(inner?.string(in: bytes.span) == "e")
        #expect(String(decoding: bytes[try #require(inner).range], as: UTF8.self) == #""e""#)
        let list = node.members[0].value.elements
        #expect(list.map { $0.double(in: bytes.span) } == [1, -500, nil, nil, nil, nil, nil])
        #expect(list.map(\.bool) == [nil, nil, true, false, nil, nil, nil])
        #expect(list.last?.kind == .array([]))
        #expect(list.map(\.isObject) == [false, false, false, false, false, true, false])
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("120", 120), ("1.2E+2", 120), ("9223372036854775807", Int.max),
        ("9223372036854775808", nil), ("1.5", nil), ("1e999", nil), ("\"1\"", nil),
    ])
    func readsWholeNumbers(text: String, expected: Int?) throws {
        #expect(try parse(text).int(in: Array(text.utf8).span) == expected)
    }

    @Test(arguments: [#"{"\u0061b": 1}"#, #"{"a\u0062": 0, "ab": 1}"#, #"{"ab": 0, "\u0061\u0062": 1}"#])
    func findsKeysHoweverTheyAreSpelled(text: String) throws {
        let bytes = Array(text.utf8)
        let node = try JSONNode(parsing: bytes.span)
        #expect(node.member("ab", in: bytes.span)?.int(in: bytes.span) == 1)
    }

    @Test func everyTornDocumentFails() throws {
        let bytes = Array(Self.document.utf8)
        #expect(error(bytes) == "valid")
        for end in 0..<bytes.count {
            #expect(error(Array(bytes[..<end])) != "valid", "torn behind byte \(end)")
        }
    }

    @Test(arguments: [
        ("", "line 1, column 1: the file is empty"),
        (" \n\t ", "line 1, column 1: the file is empty"),
        ("{\n  \"a\": 1\n  \"b\": 2\n}", "line 3, column 3: expected ',' or '}'"),
        ("{\n  \"a\": 1,\n}", "line 2, column 9: a trailing comma: JSON has none after the last one"),
        ("[1 , ]", "line 1, column 4: a trailing comma: JSON has none after the last one"),
        ("[,1]", "line 1, column 2: expected a value"),
        ("[1 2]", "line 1, column 4: expected ',' or ']'"),
        ("// hello\n{}", "line 1, column 1: a comment: JSON has none"),
        ("{\"a\": 1, /* x */ \"b\": 2}", "line 1, column 10: a comment: JSON has none"),
        ("{\"a\": 1 // x\n}", "line 1, column 9: a comment: JSON has none"),
        ("{} // x", "line 1, column 4: a comment: JSON has none"),
        ("{}\n}", "line 2, column 1: expected nothing more after the end of the value"),
        ("{a: 1}", "line 1, column 2: expected a key in double quotes or '}'"),
        ("{\"a\" 1}", "line 1, column 6: expected ':' after the key"),
        ("{\"a\":}", "line 1, column 6: expected a value"),
        ("{'a': 1}", "line 1, column 2: expected a key in double quotes or '}'"),
        ("['a']", "line 1, column 2: strings need double quotes"),
        ("[\"é👨‍👩‍👧\", 01]", "line 1, column 8: a number may not start with 0"),
        ("[\"e\u{301}\", nul]", "line 1, column 7: expected a value"),
        ("[+1]", "line 1, column 2: expected a value"),
        ("[1.]", "line 1, column 4: expected a digit"),
        ("[-]", "line 1, column 3: expected a digit"),
        ("[1e]", "line 1, column 4: expected a digit"),
        ("[NaN]", "line 1, column 2: expected a value"),
        ("[\"a\tb\"]", "line 1, column 4: a control character inside a string: write it as an escape such as \\t"),
        ("[\"a\r\nb\"]", "line 1, column 4: a line ends inside a string: a quote is missing, or write \\n"),
        ("[\"abc", "line 1, column 2: the file ends inside the string that starts here"),
        ("[\"\\x\"]", "line 1, column 3: not a JSON escape: write a backslash as \\\\"),
        ("[\"\\u12g4\"]", "line 1, column 3: \\u needs four hexadecimal digits"),
        ("[\"\\ud800\"]", "line 1, column 3: half of a surrogate pair: not a character"),
        ("[\"\\udc00\\ud800\"]", "line 1, column 3: half of a surrogate pair: not a character"),
        ("[\"\\ud800\\u0041\"]", "line 1, column 3: half of a surrogate pair: not a character"),
        ("\u{FEFF}{", "line 1, column 3: the file ends here: expected a key in double quotes or '}'"),
        ("{\"a\": 1", "line 1, column 8: the file ends here: expected ',' or '}'"),
    ])
    func saysWhatIsWrongAndWhere(text: String, expected: String) {
        #expect(error(Array(text.utf8)) == expected)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82],
            [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
        ] as [[UInt8]])
    func refusesInvalidUTF8(bytes: [UInt8]) {
        #expect(error([0x22, 0x61] + bytes + [0x22]) == "line 1, column 3: not valid UTF-8")
    }

    @Test func acceptsEveryCharacter() throws {
        for scalar in ["\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}"] {
            let bytes = Array("\"\(scalar)\"".utf8)
            #expect(try JSONNode(parsing: bytes.span).string(in: bytes.span) == scalar)
        }
    }

    @Test func nestsNoDeeperThan512() {
        let open = [UInt8](repeating: UInt8(ascii: "["), count: 512)
        let close = [UInt8](repeating: UInt8(ascii: "]"), count: 512)
        #expect(error(open + close) == "valid")
        #expect(error([0x5B] + open + close + [0x5D]) == "line 1, column 513: nested more than 512 levels deep")
        #expect(error(Array("[[],[],\(String(repeating: "[],", count: 600))[]]".utf8)) == "valid")
    }
}
