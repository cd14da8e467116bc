/// How to show a configuration value in a message.
enum ConfigValue {
    /// The value in quotes: its first line, at most 80 characters.
    static func shown(_ value: String) -> String {
        let line = value.prefix { !$0.isNewline }
        let cut = line.prefix(80)
        return "\"\(cut)\(cut.count < value.count ? "…" : "")\""
    }

    /// What Claude Code reads of it: the AWS CLI takes a comment behind it, and indented lines below, for parts of it.
    static func asClaudeReads(_ value: String) -> String {
        var isSpaced = false
        let end = value.utf8.firstIndex { byte in
            defer { isSpaced = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
            return byte == UInt8(ascii: "\n") || isSpaced && (byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";"))
        }
        guard let end else { return value }
        return INIText.string(INIText.trimmedEnd(Array(value[..<end].utf8)[...]))
    }

    /// Keys whose values are neither stored nor shown: secrets, and command lines, which may contain secrets. (An
    /// `external_id` is none: whoever may look at the role sees it.)
    static func isSecret(_ key: String) -> Bool {
        let isPlain = key.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || $0 == UInt8(ascii: "_") }
        let name = isPlain ? key : key.split(separator: ".").last?.lowercased() ?? key
        return name.hasPrefix("aws_") || name == "credential_process"
    }
}
