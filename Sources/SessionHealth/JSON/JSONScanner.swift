/// Scans a JSON text once, from left to right. Each method starts at `position` and moves it past what it has read.
struct JSONScanner {
    private static let deepest = 512

    private var position = 0
    private var depth = 0

    mutating func document(in text: Span<UInt8>) throws(JSONError) -> JSONNode {
        if text.startsWithByteOrderMark { position = 3 }
        skipSpace(in: text)
        guard position < text.count else { throw JSONError(at: 0, in: text, "the file is empty") }
        let node = try value(in: text)
        skipSpace(in: text)
        guard position == text.count else { throw unexpected("nothing more after the end of the value", in: text) }
        return node
    }

    private mutating func value(in text: Span<UInt8>) throws(JSONError) -> JSONNode {
        let start = position
        let kind: JSONNode.Kind
        switch peek(in: text) {
        case UInt8(ascii: "{"): kind = try object(in: text)
        case UInt8(ascii: "["): kind = try array(in: text)
        case UInt8(ascii: "\""):
            try string(in: text)
            kind = .string
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
            try number(in: text)
            kind = .number
        case UInt8(ascii: "t") where word("true", in: text): kind = .bool(true)
        case UInt8(ascii: "f") where word("false", in: text): kind = .bool(false)
        case UInt8(ascii: "n") where word("null", in: text): kind = .null
        case UInt8(ascii: "'"): throw JSONError(at: position, in: text, "strings need double quotes")
        default: throw unexpected("a value", in: text)
        }
        return JSONNode(range: start..<position, kind: kind)
    }

    private mutating func object(in text: Span<UInt8>) throws(JSONError) -> JSONNode.Kind {
        var members: [JSONNode.Member] = []
        try open(in: text)
        while try next(UInt8(ascii: "}"), isFirst: members.isEmpty, in: text) {
            guard peek(in: text) == UInt8(ascii: "\"") else {
                throw unexpected(members.isEmpty ? "a key in double quotes or '}'" : "a key in double quotes", in: text)
            }
            let start = position
            try string(in: text)
            let key = start..<position
            skipSpace(in: text)
            guard peek(in: text) == UInt8(ascii: ":") else { throw unexpected("':' after the key", in: text) }
            position += 1
            skipSpace(in: text)
            members.append(JSONNode.Member(key: key, value: try value(in: text)))
        }
        return .object(members)
    }

    private mutating func array(in text: Span<UInt8>) throws(JSONError) -> JSONNode.Kind {
        var elements: [JSONNode] = []
        try open(in: text)
        while try next(UInt8(ascii: "]"), isFirst: elements.isEmpty, in: text) {
            elements.append(try value(in: text))
        }
        return .array(elements)
    }

    private mutating func open(in text: Span<UInt8>) throws(JSONError) {
        guard depth < Self.deepest else {
            throw JSONError(at: position, in: text, "nested more than \(Self.deepest) levels deep")
        }
        depth += 1
        position += 1
    }

    /// Moves to the next member or element; at the closing bracket, moves past it and returns false.
    private mutating func next(_ close: UInt8, isFirst: Bool, in text: Span<UInt8>) throws(JSONError) -> Bool {
        skipSpace(in: text)
        if peek(in: text) == close {
            position += 1
            depth -= 1
            return false
        }
        guard !isFirst else { return true }
        guard peek(in: text) == UInt8(ascii: ",") else {
            throw unexpected("',' or '\(Character(Unicode.Scalar(close)))'", in: text)
        }
        let comma = position
        position += 1
        skipSpace(in: text)
        guard peek(in: text) != close else {
            throw JSONError(at: comma, in: text, "a trailing comma: JSON has none after the last one")
        }
        return true
    }

    private mutating func number(in text: Span<UInt8>) throws(JSONError) {
        if peek(in: text) == UInt8(ascii: "-") { position += 1 }
        let start = position
        try digits(in: text)
        guard text[start] != UInt8(ascii: "0") || position == start + 1 else {
            throw JSONError(at: start, in: text, "a number may not start with 0")
        }
        if peek(in: text) == UInt8(ascii: ".") {
            position += 1
            try digits(in: text)
        }
        if let exponent = peek(in: text), exponent | 0x20 == UInt8(ascii: "e") {
            position += 1
            if let sign = peek(in: text), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            try digits(in: text)
        }
    }

    private mutating func digits(in text: Span<UInt8>) throws(JSONError) {
        let start = position
        while let byte = peek(in: text), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw unexpected("a digit", in: text) }
    }

    private mutating func word(_ word: String, in text: Span<UInt8>) -> Bool {
        guard position + word.utf8.count <= text.count else { return false }
        var end = position
        for byte in word.utf8 {
            guard text[end] == byte else { return false }
            end += 1
        }
        position = end
        return true
    }

    private mutating func string(in text: Span<UInt8>) throws(JSONError) {
        let start = position
        position += 1
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): try escape(in: text)
            case 0..<0x20:
                let isLineEnd = text[position] == 0x0A || text[position] == 0x0D
                throw JSONError(
                    at: position, in: text,
                    isLineEnd
                        ? "a line ends inside a string: a quote is missing, or write \\n"
                        : "a control character inside a string: write it as an escape such as \\t")
            case 0x20..<0x80: skipPlain(in: text)
            default: try multibyte(in: text)
            }
        }
        throw JSONError(at: start, in: text, "the file ends inside the string that starts here")
    }

    /// Skips unescaped ASCII characters, quickly.
    private mutating func skipPlain(in text: Span<UInt8>) {
        var end = position
        while end < text.count {
            let byte = text[end]
            guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { break }
            end += 1
        }
        position = end
    }

    private mutating func escape(in text: Span<UInt8>) throws(JSONError) {
        let start = position
        position += 2
        guard start + 1 < text.count else { throw JSONError(at: start, in: text, "the file ends inside a string") }
        switch text[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"): break
        default: throw JSONError(at: start, in: text, "not a JSON escape: write a backslash as \\\\")
        }
        guard let unit = JSONString.codeUnit(at: position, in: text) else {
            throw JSONError(at: start, in: text, "\\u needs four hexadecimal digits")
        }
        position += 4
        guard (0xD800..<0xE000).contains(unit) else { return }
        guard unit < 0xDC00, position + 6 <= text.count, text[position] == UInt8(ascii: "\\"),
            text[position + 1] == UInt8(ascii: "u"), let low = JSONString.codeUnit(at: position + 2, in: text),
            (0xDC00..<0xE000).contains(low)
        else { throw JSONError(at: start, in: text, "half of a surrogate pair: not a character") }
        position += 6
    }

    private mutating func multibyte(in text: Span<UInt8>) throws(JSONError) {
        let length = JSONScanner.sequenceLength(at: position, in: text)
        guard length > 0 else { throw JSONError(at: position, in: text, "not valid UTF-8") }
        position += length
    }

    /// The length in bytes of the non-ASCII UTF-8 sequence at an index; 0 if it is invalid (overlong, surrogate,
    /// truncated).
    private static func sequenceLength(at index: Int, in text: Span<UInt8>) -> Int {
        let lead = text[index]
        guard index + 1 < text.count else { return 0 }
        let second: ClosedRange<UInt8>
        switch lead {
        case 0xE0: second = 0xA0...0xBF
        case 0xED: second = 0x80...0x9F
        case 0xF0: second = 0x90...0xBF
        case 0xF4: second = 0x80...0x8F
        case 0xC2...0xF3: second = 0x80...0xBF
        default: return 0
        }
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        guard second.contains(text[index + 1]), index + length <= text.count else { return 0 }
        for offset in 2..<max(length, 2) where text[index + offset] & 0xC0 != 0x80 { return 0 }
        return length
    }

    private func peek(in text: Span<UInt8>) -> UInt8? { position < text.count ? text[position] : nil }

    private mutating func skipSpace(in text: Span<UInt8>) {
        while position < text.count, Self.isSpace(text[position]) { position += 1 }
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    /// The error for an unexpected character or the end of the text.
    private func unexpected(_ expected: String, in text: Span<UInt8>) -> JSONError {
        guard position < text.count else {
            return JSONError(at: position, in: text, "the file ends here: expected \(expected)")
        }
        if text[position] == UInt8(ascii: "/"), position + 1 < text.count,
            text[position + 1] == UInt8(ascii: "/") || text[position + 1] == UInt8(ascii: "*")
        {
            return JSONError(at: position, in: text, "a comment: JSON has none")
        }
        return JSONError(at: position, in: text, "expected \(expected)")
    }
}

extension Span<UInt8> {
    /// Claude Code skips a byte-order mark (BOM) in front of its settings; the AWS tools refuse a token file with one.
    package var startsWithByteOrderMark: Bool { count >= 3 && self[0] == 0xEF && self[1] == 0xBB && self[2] == 0xBF }
}
