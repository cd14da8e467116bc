/// A JSON value as the byte ranges it occupies in its text.
///
/// Nothing of the text is copied: token files are parsed in a buffer that is wiped afterwards, and settings are edited
/// in place. Every method takes the very text that was parsed; with another one the answers mean nothing.
package struct JSONNode: Equatable, Sendable {
    /// A name and its value. `key` includes the quotes.
    package struct Member: Equatable, Sendable {
        package let key: Range<Int>
        package let value: JSONNode

        /// The name, with its escapes decoded.
        package func name(in text: Span<UInt8>) -> String { JSONString.decode(key, in: text) }
    }

    package enum Kind: Equatable, Sendable {
        /// In the order of the text, duplicates included.
        case object([Member])
        case array([JSONNode])
        case string, number
        case bool(Bool)
        case null
    }

    /// The bytes of the value, from its first to its last; of a string with the quotes.
    package let range: Range<Int>
    package let kind: Kind

    init(range: Range<Int>, kind: Kind) {
        self.range = range
        self.kind = kind
    }

    /// Reads a whole text as one JSON value, strictly by RFC 8259 and UTF-8. What that leaves to the reader is an error
    /// here: a byte-order mark, half a surrogate pair, more than 512 levels of nesting.
    /// - Throws: the first thing that is wrong, with its place.
    package init(parsing text: Span<UInt8>) throws(JSONError) {
        var scanner = JSONScanner()
        self = try scanner.document(in: text)
    }

    /// The members when this is an object, else none.
    package var members: [Member] {
        guard case .object(let members) = kind else { return [] }
        return members
    }

    package var isObject: Bool {
        guard case .object = kind else { return false }
        return true
    }

    /// The elements when this is an array, else none.
    package var elements: [JSONNode] {
        guard case .array(let elements) = kind else { return [] }
        return elements
    }

    /// The value of a member of an object. Of duplicates the last counts, as for every common reader.
    package func member(_ name: String, in text: Span<UInt8>) -> JSONNode? {
        guard case .object(let members) = kind else { return nil }
        var index = members.count
        while index > 0 {
            index -= 1
            if JSONString.matches(members[index].key, name, in: text) { return members[index].value }
        }
        return nil
    }

    /// The text of a string with its escapes decoded; nil for any other kind.
    package func string(in text: Span<UInt8>) -> String? {
        kind == .string ? JSONString.decode(range, in: text) : nil
    }

    /// A number that is a whole one and fits, however it is spelled (`120`, `1.2E+2`); nil for anything else.
    package func int(in text: Span<UInt8>) -> Int? {
        guard kind == .number else { return nil }
        let digits = JSONString.copy(range, of: text)
        return Int(digits) ?? Double(digits).flatMap { Int(exactly: $0) }
    }

    /// The nearest `Double` of a number; nil for any other kind.
    package func double(in text: Span<UInt8>) -> Double? {
        kind == .number ? Double(JSONString.copy(range, of: text)) : nil
    }

    /// The value of `true` and `false`; nil for any other kind.
    package var bool: Bool? {
        guard case .bool(let value) = kind else { return nil }
        return value
    }
}
