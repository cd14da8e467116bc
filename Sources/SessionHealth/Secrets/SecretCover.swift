/// Secrets overwritten in the bytes that were read, at the same length: what is made of the bytes later, and what of it
/// stays in memory, holds none. They mean the same to our readers, which never look at a secret's value.
package enum SecretCover {
    private static let cover = UInt8(ascii: "x")

    /// Covers what is below keys of secrets in a JSON text. What is no JSON stays as it is.
    /// - Parameter showsProxies: leaves the addresses of proxies, with the passwords that they may hold.
    package static func json(_ text: inout [UInt8], showsProxies: Bool = false) {
        guard let root = try? JSONNode(parsing: text.span) else { return }
        cover(SecretPlaces.json(below: root, in: text.span, showsProxies: showsProxies), in: &text)
    }

    /// Covers each string in a JSON text that is the value of a key.
    package static func json(_ text: inout [UInt8], valuesOf key: String) {
        guard let root = try? JSONNode(parsing: text.span) else { return }
        cover(root.strings(named: key, in: text.span), in: &text)
    }

    /// Covers the values of secret keys in an AWS configuration or credentials file, line by line. What both readers
    /// take lines apart by stays, and so do the marks of comments.
    package static func configuration(_ text: inout [UInt8]) {
        for place in SecretPlaces.configuration(text, coversNested: false, isSecret: ConfigValue.isSecret) {
            cover(place, in: &text)
        }
    }

    private static func cover(_ range: Range<Int>, in text: inout [UInt8]) {
        for index in range where text[index] > 0x20 && text[index] < 0x7F && !"=:#;[]".utf8.contains(text[index]) {
            text[index] = cover
        }
    }

    /// Strings become `x`s; of numbers, the digits become ones.
    private static func cover(_ nodes: [JSONNode], in text: inout [UInt8]) {
        for node in nodes {
            if node.kind == .string {
                // One of spaces counts as empty.
                for index in node.range.dropFirst().dropLast() where text[index] != 0x20 { text[index] = cover }
            } else {
                for index in node.range where (0x30...0x39).contains(text[index]) { text[index] = UInt8(ascii: "1") }
            }
        }
    }
}

extension JSONNode {
    /// Strings anywhere in it that are the value of a key.
    fileprivate func strings(named key: String, in text: Span<UInt8>) -> [JSONNode] {
        switch kind {
        case .object(let members):
            members.flatMap { member in
                member.value.kind == .string
                    ? JSONString.matches(member.key, key, in: text) ? [member.value] : []
                    : member.value.strings(named: key, in: text)
            }
        case .array(let elements): elements.flatMap { $0.strings(named: key, in: text) }
        default: []
        }
    }
}
