/// A JSON value, represented by its byte range in the text.
///
/// Nothing is copied from the text: token files are parsed in a buffer that is wiped afterwards, and settings are
/// edited in place. Every method needs the text that was parsed; with another one, the results are meaningless.
package struct JSONNode: Equatable, Sendable {
    /// A name and its value. `key` includes the quotes.
    package struct Member: Equatable, Sendable {
        package let key: Range<Int>
        package let value: JSONNode

        /// The name, with its escapes decoded.
        package func name(in text: Span<UInt8>) -> String { JSONString.decode(key, in: text) }
    }

    package enum Kind: Equatable, Sendable {
        /// In text order, including duplicates.
        case object([Member])
        case array([JSONNode])
        case string, number
        case bool(Bool)
        case null
    }

    /// The bytes of the value; for a string, including the quotes.
    package let range: Range<Int>
    package let kind: Kind

    init(range: Range<Int>, kind: Kind) {
        self.range = range
        self.kind = kind
    }

    /// Parses a whole text as one JSON value, strictly by RFC 8259 and UTF-8. An unpaired surrogate or more than 512
    /// levels of nesting is an error; a byte order mark in front is skipped.
    /// - Throws: the first error, with its position.
    package init(parsing text: Span<UInt8>) throws(JSONError) {
        var scanner = JSONScanner()
        self = try scanner.document(in: text)
    }

    /// The members of an object; empty for any other value.
    package var members: [Member] {
        guard case .object(let members) = kind else { return [] }
        return members
    }

    package var isObject: Bool {
        guard case .object = kind else { return false }
        return true
    }

    /// The elements of an array; empty for any other value.
    package var elements: [JSONNode] {
        guard case .array(let elements) = kind else { return [] }
        return elements
    }

    /// The value of an object's member. Of duplicates, the last one counts, as in every common parser.
    package func member(_ name: String, in text: Span<UInt8>) -> JSONNode? {
        guard case .object(let members) = kind else { return nil }
        var index = members.count
        while index > 0 {
            index -= 1
            if JSONString.matches(members[index].key, name, in: text) { return members[index].value }
        }
        return nil
    }

    /// The decoded string; nil for any other kind.
    package func string(in text: Span<UInt8>) -> String? {
        kind == .string ? JSONString.decode(range, in: text) : nil
    }

    /// The value of an integer that fits, however it is spelled (`120`, `1.2E+2`); nil for anything else.
    package func int(in text: Span<UInt8>) -> Int? {
        guard kind == .number else { return nil }
        let digits = JSONString.copy(range, of: text)
        return Int(digits) ?? Double(digits).flatMap { Int(exactly: $0) }
    }

    /// The value of a number, as the nearest `Double`; nil for any other kind.
    package func double(in text: Span<UInt8>) -> Double? {
        kind == .number ? Double(JSONString.copy(range, of: text)) : nil
    }

    /// The value of `true` or `false`; nil for any other kind.
    package var bool: Bool? {
        guard case .bool(let value) = kind else { return nil }
        return value
    }
}
