import SessionHealth
import Testing

@Suite struct JSONDocumentTests {
    private func text(_ document: JSONDocument) -> String { String(decoding: document.bytes, as: UTF8.self) }

    @Test(arguments: [
        // An empty object.
        ("{}", "{\n  \"env\": {\n    \"A\": \"1\"\n  }\n}"),
        ("{ }\n", "{\n  \"env\": {\n    \"A\": \"1\"\n  }\n}\n"),
        ("{\r\n}\r\n", "{\r\n  \"env\": {\r\n    \"A\": \"1\"\r\n  }\r\n}\r\n"),
        // A missing object, added with the file's indentation.
        ("{\n    \"a\": 1\n}", "{\n    \"a\": 1,\n    \"env\": {\n        \"A\": \"1\"\n    }\n}"),
        ("{\n\t\"a\": 1\n}", "{\n\t\"a\": 1,\n\t\"env\": {\n\t\t\"A\": \"1\"\n\t}\n}"),
        ("{\r\n \"a\": 1\r\n}", "{\r\n \"a\": 1,\r\n \"env\": {\r\n  \"A\": \"1\"\r\n }\r\n}"),
        ("{\n\"a\": [\n   1]}", "{\n\"a\": [\n   1],\n\"env\": {\n   \"A\": \"1\"\n}}"),
        ("{\n  \"a\": 1,\n\n  \"b\": 2\n}", "{\n  \"a\": 1,\n\n  \"b\": 2,\n  \"env\": {\n    \"A\": \"1\"\n  }\n}"),
        // A single line remains a single line.
        ("{\"a\":1}", "{\"a\":1,\"env\":{\"A\":\"1\"}}"),
        ("{\"a\": 1}\n", "{\"a\": 1, \"env\": {\"A\": \"1\"}}\n"),
        ("{ \"a\": 1 }", "{ \"a\": 1, \"env\": { \"A\": \"1\" } }"),
        ("{ \"a\" : 1 , \"b\" : 2 }", "{ \"a\" : 1 , \"b\" : 2 , \"env\" : { \"A\" : \"1\" } }"),
        ("{\"env\":{}}", "{\"env\":{\"A\":\"1\"}}"),
        ("{ \"env\": {} }", "{ \"env\": { \"A\": \"1\" } }"),
        // An existing object.
        ("{\n  \"env\": {}\n}", "{\n  \"env\": {\n    \"A\": \"1\"\n  }\n}"),
        ("{\n  \"env\": { \"B\": \"2\" }\n}", "{\n  \"env\": { \"B\": \"2\", \"A\": \"1\" }\n}"),
        ("{\n  \"env\": {\n    \"B\": \"2\"}}", "{\n  \"env\": {\n    \"B\": \"2\",\n    \"A\": \"1\"}}"),
        ("{ \"x\": 1\n, \"y\": 2\n}", "{ \"x\": 1\n, \"y\": 2\n, \"env\": {\n  \"A\": \"1\"\n}\n}"),
        // An existing value: only it changes; of duplicates, the last one.
        ("{\"env\": {\"A\" :  \"old\"  , \"n\": 1E+2}}", "{\"env\": {\"A\" :  \"1\"  , \"n\": 1E+2}}"),
        ("{\"env\": {\"A\": \"x\", \"\\u0041\": null}}", "{\"env\": {\"A\": \"x\", \"\\u0041\": \"1\"}}"),
        ("{\"env\": {\"A\": \"x\"}, \"env\": {}}", "{\"env\": {\"A\": \"x\"}, \"env\": {\"A\": \"1\"}}"),
        // An equal value changes nothing, however it is escaped.
        ("{\"env\": {\"A\": \"\\u0031\"}}", "{\"env\": {\"A\": \"\\u0031\"}}"),
    ])
    func addsAsAPersonWould(before: String, after: String) throws {
        var document = try JSONDocument(parsing: Array(before.utf8))
        try document.set("1", at: ["env", "A"])
        #expect(text(document) == after)
        #expect(document.string(at: ["env", "A"]) == "1")
    }

    @Test(arguments: [
        ("{\n  \"A\": 1\n}", "{}"),
        ("{\n  \"A\": 1,\n  \"b\": 2\n}", "{\n  \"b\": 2\n}"),
        ("{\n  \"b\": 2,\n  \"A\": {\"x\": 1}\n}", "{\n  \"b\": 2\n}"),
        ("{\n  \"b\": 2,\r\n  \"A\": 1,\n  \"c\": 3}", "{\n  \"b\": 2,\n  \"c\": 3}"),
        ("{\"A\":0,\"b\":1,\"A\":2}", "{\"b\":1}"),
        ("{\"b\":1}", "{\"b\":1}"),
        ("[]", "[]"),
    ])
    func removesAMemberWithItsLine(before: String, after: String) throws {
        var document = try JSONDocument(parsing: Array(before.utf8))
        try document.remove(at: ["A"])
        #expect(text(document) == after)
    }

    @Test(arguments: [
        ("[]", "line 1, column 1: the file is not an object"),
        ("{\n  \"env\": \"x\"\n}", "line 2, column 10: \"env\" is not an object"),
    ])
    func refusesAPathThroughSomethingElse(text: String, expected: String) throws {
        var document = try JSONDocument(parsing: Array(text.utf8))
        let before = document
        let error = #expect(throws: JSONError.self) { try document.set("1", at: ["env", "A"]) }
        #expect(error?.description == expected)
        #expect(document == before)
    }

    @Test func writesTheFewestEscapes() throws {
        var document = try JSONDocument(parsing: Array("{}".utf8))
        let value = "a/b \"é😀\" \\ \u{1}\u{1F}\n\t\u{7F}"
        try document.set(value, at: ["k"])
        #expect(document.spelling(at: ["k"]) == #""a/b \"é😀\" \\ \u0001\u001f\n\t\#u{7F}""#)
        #expect(document.string(at: ["k"]) == value)
    }

    @Test func writesAnySpelling() throws {
        var document = try JSONDocument(parsing: Array("{\"a\": 1}".utf8))
        try document.set(spelling: "[1, 2E3]", at: ["a"])
        #expect(text(document) == "{\"a\": [1, 2E3]}")
        #expect(throws: JSONError.self) { try document.set(spelling: "1, \"b\": 2", at: ["a"]) }
        try document.set(spelling: " \n2\t", at: ["a"])
        #expect(text(document) == "{\"a\": 2}")
    }

    /// For `String`, and for no other program, an accent of its own and a letter that has it are equal.
    @Test func writesWhatOnlyLooksEqual() throws {
        var document = try JSONDocument(parsing: Array("{\"a\": \"\u{E9}\"}".utf8))
        try document.set("e\u{301}", at: ["a"])
        #expect(document.bytes == Array("{\"a\": \"e\u{301}\"}".utf8))
        try document.set(spelling: "\"\u{E9}\"", at: ["a"])
        #expect(document.bytes == Array("{\"a\": \"\u{E9}\"}".utf8))
    }

    /// Every edit inserts one run of bytes or replaces one value; all other bytes stay the same.
    @Test(arguments: UglySettings.all)
    func touchesNothingElse(ugly: UglySettings) throws {
        for path in [["env", "AWS_PROFILE"], ["env", "NEW"], ["awsAuthRefresh"], ["deep", "er", "new"]] {
            let old = try JSONDocument(parsing: ugly.bytes)
            var new = old
            try new.set("value/ü", at: path)
            let replaced = old.node(at: path)?.range.count ?? (old.node(at: Array(path.dropLast()))?.range.count ?? 0)
            let head = zip(old.bytes, new.bytes).prefix { $0 == $1 }.count
            let tail = zip(old.bytes.reversed(), new.bytes.reversed()).prefix { $0 == $1 }.count
            #expect(old.bytes.count - head - tail <= (old.node(at: path) == nil ? 0 : replaced), "\(path)")
            var again = new
            try again.set("value/ü", at: path)
            #expect(again == new)
            guard old.node(at: path) == nil else { continue }
            try new.remove(at: path.first == "deep" ? ["deep"] : path)
            if old.node(at: Array(path.dropLast())) != nil || path.first == "deep" { #expect(new == old) }
        }
    }
}
