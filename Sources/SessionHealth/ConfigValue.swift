/// How a configuration value may appear in a message.
enum ConfigValue {
    /// The first line of a value in quotes, cut at 80 characters. (Lines that follow were swallowed from other keys,
    /// and may be secrets.)
    static func shown(_ value: String) -> String {
        let line = value.prefix { !$0.isNewline }
        let cut = line.prefix(80)
        return "\"\(cut)\(cut.count < value.count ? "…" : "")\""
    }

    /// Keys whose values never appear: secrets, and command lines, which may hold some.
    static func isSecret(_ key: String) -> Bool {
        key.hasPrefix("aws_") || key == "credential_process" || key == "external_id"
    }
}
