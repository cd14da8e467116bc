/// How to show a configuration value in a message.
enum ConfigValue {
    /// The value in quotes: its first line, at most 80 characters.
    static func shown(_ value: String) -> String {
        let line = value.prefix { !$0.isNewline }
        let cut = line.prefix(80)
        return "\"\(cut)\(cut.count < value.count ? "…" : "")\""
    }

    /// Keys whose values are neither stored nor shown: secrets, and command lines, which may contain secrets.
    static func isSecret(_ key: String) -> Bool {
        let isPlain = key.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || $0 == UInt8(ascii: "_") }
        let name = isPlain ? key : key.split(separator: ".").last?.lowercased() ?? key
        return name.hasPrefix("aws_") || name == "credential_process" || name == "external_id"
    }
}
