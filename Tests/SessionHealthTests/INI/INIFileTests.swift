import SessionHealth
import Testing

/// How the AWS CLI and Claude Code's SDK read the same lines.
@Suite struct INIFileTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        /// `section.key=value`, sorted.
        var cli: [String]
        var claude: [String]
        var testDescription: String { name }
    }

    static let rows = [
        Row(
            name: "inline comments", text: "[a]\nk = v # c\nl = w ; d\nm = x#y\n",
            cli: ["a.k=v # c", "a.l=w ; d", "a.m=x#y"], claude: ["a.k=v", "a.l=w", "a.m=x#y"]),
        Row(
            name: "full-line comments", text: "# one\n[a]\n; two\n  # three\nk = v\n", cli: ["a.k=v"],
            claude: ["a.k=v"]),
        Row(
            name: "quoted names", text: "[profile \"a b\"]\nk = 1\n[profile 'q']\nk = 2\n",
            cli: ["profile \"a b\".k=1", "profile 'q'.k=2"], claude: ["profile \"a b\".k=1", "profile.q.k=2"]),
        Row(name: "key case", text: "[a]\nKey = V\n", cli: ["a.key=V"], claude: ["a.Key=V"]),
        Row(
            name: "key case beyond A and Z", text: "[a]\nAZ = 1\n@É[ = 2\nk]x = 3\n",
            cli: ["a.@é[=2", "a.az=1", "a.k]x=3"], claude: ["a.@É[=2", "a.AZ=1", "a.k]x=3"]),
        Row(name: "colon", text: "[a]\nk: v\nm = n\n", cli: ["a.k=v", "a.m=n"], claude: ["a.m=n"]),
        Row(name: "the first mark ends the key", text: "[a]\nk = a:b=c\n", cli: ["a.k=a:b=c"], claude: ["a.k=a:b=c"]),
        Row(
            name: "DEFAULT", text: "[DEFAULT]\nr = 1\n[a]\nk = 2\n[b]\nr = 3\n",
            cli: ["a.k=2", "a.r=1", "b.r=3"], claude: ["DEFAULT.r=1", "a.k=2", "b.r=3"]),
        Row(
            name: "first keys indented", text: "[a]\n  k = v\n  l = w\n", cli: ["a.k=v", "a.l=w"],
            claude: ["a.k=v", "a.l=w"]),
        Row(
            name: "a later key indented", text: "[a]\nk = v\n  l = w\n", cli: ["a.k=v\n"],
            claude: ["a.k=v", "a.l=w"]),
        Row(
            name: "nested block", text: "[a]\ns3 =\n  X=1\n\n  # c\n  y = 2\nk = v\n",
            cli: ["a.k=v", "a.s3.X=1", "a.s3.y=2", "a.s3="], claude: ["a.k=v", "a.s3.X=1", "a.s3.y=2"]),
        Row(name: "empty value", text: "[a]\nk =\n\nl = w\n", cli: ["a.k=", "a.l=w"], claude: ["a.l=w"]),
        Row(
            name: "all keys indented after a block", text: "[a]\n  s3 =\n    x = 1\n  k = v\n",
            cli: ["a.k=v", "a.s3.x=1", "a.s3="], claude: ["a.s3.k=v", "a.s3.x=1"]),
        Row(
            name: "text after the bracket", text: "[a]\nk = 1\n[b] x\nk = 2\n[c] # d\nk = 3\n",
            cli: ["a.k=1", "b.k=2", "c.k=3"], claude: ["a.k=2", "c.k=3"]),
        Row(name: "foreign prefix", text: "[x y]\nk = v\n", cli: ["x y.k=v"], claude: []),
        Row(name: "line ends", text: "[a]\r\nk = v\r\nl = w", cli: ["a.k=v", "a.l=w"], claude: ["a.k=v", "a.l=w"]),
        Row(name: "wide spaces", text: "[a]\nk\u{A0}=\u{3000}v\u{2009}\n", cli: ["a.k=v"], claude: ["a.k=v"]),
        Row(
            name: "a line further in by characters, not by bytes", text: "[a]\n\u{A0}k = v\n  l = w\n m = x\n",
            cli: ["a.k=v\n", "a.m=x"], claude: ["a.k=v", "a.l=w", "a.m=x"]),
        Row(
            name: "a block's line ends where Python ends lines", text: "[a]\ns3 =\n  x = 1\u{B}y = 2\u{2028}\n",
            cli: ["a.s3.x=1", "a.s3.y=2", "a.s3="], claude: ["a.s3.x=1\u{B}y = 2"]),
        Row(
            name: "secrets",
            text: "[a]\naws_session_token = HUSH\nexternal_id =\n  AWS_X = HUSH\nk = v\n  aws_y = HUSH\n",
            cli: ["a.aws_session_token=set", "a.external_id.AWS_X=set", "a.external_id=", "a.k=v\n"],
            claude: ["a.aws_session_token=set", "a.aws_y=set", "a.external_id.AWS_X=set", "a.k=v"]),
        Row(name: "empty file", text: "", cli: [], claude: []),
    ]

    @Test(arguments: rows) func reads(row: Row) throws {
        let file = try INIFile(ConfigFile(path: "config", bytes: Array(row.text.utf8)))
        func flat(_ sections: [INISection]) -> [String] {
            sections.flatMap { section in section.settings.map { "\(section.name).\($0.key)=\($0.value)" } }.sorted()
        }
        #expect(flat(file.cli) == row.cli)
        #expect(flat(file.claude) == row.claude)
    }

    @Test(
        arguments: [
            ("[a]\nk = 1\n[a]\n", .duplicateSection("a", first: 1), 3),
            ("[a]\nk = 1\nK: 2\n", .duplicateKey("k", section: "a", first: 2), 3),
            ("[a]\ns3 =\n  x=1\ns3 = 2\n", .duplicateKey("s3", section: "a", first: 2), 4),
            ("[a]\nlonely\n", .noEqualsSign, 2),
            ("[a]\n[]\n", .noEqualsSign, 2),
            ("[a]\n= v\n", .noKey, 2),
            ("# c\nk = v\n[a]\n", .textBeforeSection, 2),
            ("\u{FEFF}[a]\nk = v\n", .byteOrderMark, 1),
            ("[a]\ns3 =\n  lonely\n", .nestedWithoutEqualsSign(under: "s3"), 3),
            ("[DEFAULT]\nk = 1\n[DEFAULT]\nk = 2\n", .duplicateKey("k", section: "DEFAULT", first: 2), 4),
        ] as [(String, INIError.Reason, Int)])
    func refuses(text: String, reason: INIError.Reason, line: Int) throws {
        let error = try #require(throws: INIError.self) { try AWSConfig(text: text) }
        #expect(error.reason == reason)
        #expect(error.place.line == line)
        #expect(error.finding.codeName == "config-refused")
        #expect(error.description.hasPrefix("config:\(line): "))
        #expect(!error.finding.fix.isEmpty)
    }

    @Test func refusesOtherEncodings() throws {
        let bytes = Array("[a]\nk = caf".utf8) + [0xE9, 0x0A]
        let error = try #require(throws: INIError.self) { try INIFile(ConfigFile(path: "config", bytes: bytes)) }
        #expect(error.reason == .notUTF8)
        #expect(error.place.line == 2)
    }

    @Test func credentialsAreRefusedUnderTheirOwnName() throws {
        let error = try #require(throws: INIError.self) { try AWSConfig(text: "", credentials: "secret\n") }
        #expect(error.place.description == "credentials:1")
        #expect(!error.description.contains("secret"))
    }

    @Test func absentFilesAreEmpty() throws {
        let absent = ConfigFile(path: "config", bytes: nil)
        #expect(try AWSConfig(config: absent, credentials: absent).profileNames.isEmpty)
    }
}
