// Locates the two configuration files, using `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE`.

/// One of the two files of the AWS configuration.
package enum AWSFilePath: String, CaseIterable, Sendable {
    case config
    case credentials

    /// The environment variable that overrides the path.
    package var variable: String { self == .config ? AWSVariable.configFile : AWSVariable.credentialsFile }

    /// The path as the AWS CLI expands it (`$NAME`, `${NAME}`, then a leading `~`), and how it differs for Claude Code,
    /// which expands only a leading `~/`. `~user` is not expanded: that would need the user database.
    package func path(environment: [String: String], home: String) -> (path: String, difference: ReadingDifference?) {
        let standard = "\(home)/.aws/\(rawValue)"
        guard let written = environment[variable] else { return (standard, nil) }
        if written.isEmpty {
            return (
                standard,
                difference(
                    "\(variable) is set but empty: the AWS CLI then reads no \(rawValue) file, Claude Code \(standard)",
                    fix: "Unset \(variable).")
            )
        }
        let path = Self.expanded(written, environment, home: home)
        let claude = written.hasPrefix("~/") ? home + written.dropFirst() : written
        if path == claude { return (path, nil) }
        return (
            path,
            difference(
                "\(variable) is \(written): the AWS CLI reads \(path), Claude Code reads \(claude)",
                fix: "Set \(variable)=\(path).")
        )
    }

    private func difference(_ message: String, fix: String) -> ReadingDifference {
        ReadingDifference(subject: variable, message: message, fix: fix)
    }

    /// As the AWS CLI expands the path in a variable.
    static func expanded(_ written: String, _ environment: [String: String], home: String) -> String {
        let path = expandingVariables(written, environment)
        return path == "~" || path.hasPrefix("~/") ? home + path.dropFirst() : path
    }

    /// Replaces `$NAME` and `${NAME}`; unset variables are left as they are.
    private static func expandingVariables(_ text: String, _ environment: [String: String]) -> String {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            let after = rest[rest.index(after: dollar)...]
            let name: Substring
            let end: Substring.Index
            if after.first == "{", let brace = after.firstIndex(of: "}") {
                name = after[after.index(after: after.startIndex)..<brace]
                end = after.index(after: brace)
            } else {
                name = after.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                end = name.endIndex
            }
            result += environment[String(name)] ?? String(rest[dollar..<end])
            rest = rest[end...]
        }
        return result + rest
    }
}
