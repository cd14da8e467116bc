// Files as they may be shown: what holds secrets by its key, or looks as if it held one, is covered, everything else is
// as it is. Variables of `env` are named by anybody; of those only what Claude Code and AWS know is shown.

enum SecretMask {
    private static let cover = Array("[…]".utf8)

    /// The text of a settings or configuration file without its secrets. It has the same lines.
    static func masked(_ bytes: [UInt8]) -> [UInt8] {
        if let root = try? JSONNode(parsing: bytes.span) { return masked(root, in: bytes) }
        return maskedLines(bytes)
    }

    // MARK: JSON

    private static func masked(_ root: JSONNode, in bytes: [UInt8]) -> [UInt8] {
        var text = bytes
        for node in secrets(below: root, in: bytes.span).reversed() {
            text.replaceSubrange(node.range, with: [UInt8(ascii: "\"")] + cover + [UInt8(ascii: "\"")])
        }
        return text
    }

    /// The strings and numbers that are secret, in the order of the text.
    static func secrets(below root: JSONNode, in text: Span<UInt8>) -> [JSONNode] {
        var secrets: [JSONNode] = []
        collect(root, at: [], isSecret: false, in: text, into: &secrets)
        return secrets
    }

    private static func collect(
        _ node: JSONNode, at path: [String], isSecret: Bool, in text: Span<UInt8>, into secrets: inout [JSONNode]
    ) {
        switch node.kind {
        case .object(let members):
            for member in members {
                let name = member.name(in: text)
                // What we write is shown, whatever a profile is called.
                guard !SetupKey.all.contains(path + [name]) else { continue }
                let isSecret = isSecret || Self.isSecret(name) || path.last == "env" && !isKnown(variable: name)
                collect(member.value, at: path + [name], isSecret: isSecret, in: text, into: &secrets)
            }
        case .array(let elements):
            for element in elements { collect(element, at: path, isSecret: isSecret, in: text, into: &secrets) }
        case .string: if isSecret || node.string(in: text).map(holdsSecret) ?? true { secrets.append(node) }
        case .number: if isSecret { secrets.append(node) }
        case .bool, .null: break
        }
    }

    // MARK: INI

    /// What follows a secret key on indented lines belongs to it, and one that was taken out by a comment mark is one
    /// still.
    private static func maskedLines(_ bytes: [UInt8]) -> [UInt8] {
        var masked: [UInt8] = []
        var coversIndented = false
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if !masked.isEmpty || line.startIndex > 0 { masked.append(UInt8(ascii: "\n")) }
            let text = INIText.trimmedStart(line)
            let isIndented = text.startIndex > line.startIndex && !text.isEmpty
            let body = text.drop { "#; \t".utf8.contains($0) }
            let mark = body.firstIndex { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }
            let key = mark.map { INIText.string(INIText.trimmedEnd(body[..<$0])).lowercased() } ?? ""
            if let mark, isSecret(key) || ConfigValue.isSecret(key) {
                let value = INIText.trimmedStart(body[(mark + 1)...])
                masked += line[..<value.startIndex] + (value.isEmpty ? [] : cover)
                coversIndented = true
            } else if coversIndented, isIndented {
                masked += line[..<text.startIndex] + cover
            } else {
                masked += line
                coversIndented = coversIndented && text.isEmpty
            }
        }
        return masked
    }

    // MARK: Values

    /// Whether a text may hold a secret: a command with one among its arguments, an address with a password.
    private static func holdsSecret(_ value: String) -> Bool {
        let text = value.lowercased()
        if (words + ["bearer", "private key"]).contains(where: { text.contains($0) }) { return true }
        guard let scheme = text.firstRange(of: "://") else { return false }
        return text[scheme.upperBound...].prefix { !$0.isWhitespace && $0 != "/" }.contains("@")
    }

    // MARK: Names

    private static func isKnown(variable name: String) -> Bool {
        ["ANTHROPIC_", "AWS_", "CLAUDE_", "DISABLE_", "ENABLE_"].contains { name.hasPrefix($0) }
    }

    private static let words = [
        "token", "secret", "password", "passwd", "passphrase", "apikey", "api-key", "_key", "accesskey", "privatekey",
        "credential", "authorization", "headers", "cookie",
    ]

    /// Whether a key's value is not for showing, by what such keys are called. Proxies may name a user's password.
    private static func isSecret(_ key: String) -> Bool {
        let name = key.lowercased()
        return words.contains { name.contains($0) } || name.hasSuffix("proxy")
    }
}
