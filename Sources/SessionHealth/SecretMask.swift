// Files as they may be shown: the values of keys that hold secrets are covered, everything else is as it is.

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

    /// The strings and numbers below secret keys, in the order of the text.
    static func secrets(below root: JSONNode, in text: Span<UInt8>) -> [JSONNode] {
        var secrets: [JSONNode] = []
        collect(root, isSecret: false, in: text, into: &secrets)
        return secrets
    }

    private static func collect(
        _ node: JSONNode, isSecret: Bool, in text: Span<UInt8>, into secrets: inout [JSONNode]
    ) {
        switch node.kind {
        case .object(let members):
            for member in members {
                let isSecret = isSecret || Self.isSecret(member.name(in: text))
                collect(member.value, isSecret: isSecret, in: text, into: &secrets)
            }
        case .array(let elements):
            for element in elements { collect(element, isSecret: isSecret, in: text, into: &secrets) }
        case .string, .number: if isSecret { secrets.append(node) }
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

    // MARK: Names

    private static let words = [
        "token", "secret", "password", "passwd", "apikey", "api-key", "_key", "accesskey", "privatekey", "credential",
        "authorization", "headers", "cookie",
    ]

    /// Whether a key's value is not for showing, by what such keys are called. Proxies may name a user's password.
    private static func isSecret(_ key: String) -> Bool {
        let name = key.lowercased()
        return words.contains { name.contains($0) } || name.hasSuffix("proxy")
    }
}
