import Testing

/// Settings as found in practice, each with `env` and other members that our edits must not touch.
struct UglySettings: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let text: String
    var bytes: [UInt8] { Array(text.utf8) }

    private init(_ name: String, _ text: String) {
        testDescription = name
        self.text = text
    }

    static let all: [UglySettings] = [
        UglySettings("one line", #"{"permissions":{"allow":["Bash(ls:*)"]},"env":{"FOO":"bar"},"model":"opus"}"#),
        UglySettings("one line, spaced", "{ \"env\" : { \"AWS_PROFILE\" : \"old\" } , \"n\" : 1E+2 }\n"),
        UglySettings(
            "nested, tabs, no trailing newline",
            "{\n\t\"hooks\": {\n\t\t\"Stop\": [\n\t\t\t{ \"matcher\": \"\" }\n\t\t]\n\t},\n\t\"env\": {\n\t\t\"A\": \"b\"\n\t}\n}"
        ),
        UglySettings(
            "CRLF",
            "{\r\n    \"env\": {\r\n        \"A\": \"b\",\r\n        \"AWS_PROFILE\": \"x\"\r\n    },\r\n    \"z\": 0\r\n}\r\n"
        ),
        UglySettings(
            "escapes and numbers",
            #"""
            {
              "statusLine": {"type": "command", "command": "a\/b \u00e9 \ud83d\ude00 é"},   "n": [ 1E+2, -0.0, 1.50, 12345678901234567890 ],
              "\u0065nv": {"AWS_\u0050ROFILE": "\u006fld", "X": "\/"}

            ,  "awsAuthRefresh"   :   "aws sso login"
            }
            """#),
        UglySettings(
            "duplicates",
            "{\n  \"env\": {\"AWS_PROFILE\": \"first\"},\n  \"x\": 1,\n  \"env\": {\"AWS_PROFILE\": \"a\", \"AWS_PROFILE\": \"b\"},\n  \"x\": 2\n}\n"
        ),
        UglySettings(
            "odd spacing", "\n\n  {\"a\":1,\n\n\n \"env\"\n:\n{\n\"Q\"  :\"1\"   }   ,\"b\":\t2\n\n      }\n\n\n"),
        UglySettings("closing brackets on one line", "{\n  \"env\": {\n    \"A\": \"b\"},\n  \"list\": [\n    1]}"),
        UglySettings(
            "300 keys",
            "{\n  \"env\": {\n    \"A\": \"1\"\n  },\n"
                + (0..<300).map { "  \"key\($0)\": {\"v\": [\($0), \"\\u00e9/\"]}" }.joined(separator: ",\n") + "\n}\n"),
    ]
}
