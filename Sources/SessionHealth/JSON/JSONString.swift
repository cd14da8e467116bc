import Digest

/// JSON's string syntax: quotes and escapes. The ranges come from a parsed text, so they are known to be valid.
package enum JSONString {
    /// The text between the quotes, with escapes decoded.
    static func decode(_ quoted: Range<Int>, in text: Span<UInt8>) -> String {
        let inner = (quoted.lowerBound + 1)..<(quoted.upperBound - 1)
        guard hasEscapes(inner, in: text) else { return copy(inner, of: text) }
        var result = ""
        var index = inner.lowerBound
        while index < inner.upperBound {
            let run = index
            while index < inner.upperBound, text[index] != UInt8(ascii: "\\") { index += 1 }
            result += copy(run..<index, of: text)
            guard index < inner.upperBound else { break }
            result.unicodeScalars.append(escaped(at: &index, in: text))
        }
        return result
    }

    /// Whether the string equals `name`, compared by code points as in other parsers: `é` and `e` + accent are
    /// different names.
    static func matches(_ quoted: Range<Int>, _ name: String, in text: Span<UInt8>) -> Bool {
        let inner = (quoted.lowerBound + 1)..<(quoted.upperBound - 1)
        guard !hasEscapes(inner, in: text) else {
            return decode(quoted, in: text).utf8.elementsEqual(name.utf8)
        }
        let bytes = name.utf8
        guard bytes.count == inner.count else { return false }
        var index = inner.lowerBound
        for byte in bytes {
            guard text[index] == byte else { return false }
            index += 1
        }
        return true
    }

    /// The string in quotes, with only the escapes that JSON requires: non-ASCII characters and `/` are not escaped.
    package static func encode(_ string: String) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += #"\""#.utf8
            case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
            case 0x08: bytes += #"\b"#.utf8
            case 0x09: bytes += #"\t"#.utf8
            case 0x0A: bytes += #"\n"#.utf8
            case 0x0C: bytes += #"\f"#.utf8
            case 0x0D: bytes += #"\r"#.utf8
            case 0..<0x20: bytes += "\\u00\([byte].hexadecimal)".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return bytes
    }

    static func copy(_ range: Range<Int>, of text: Span<UInt8>) -> String {
        guard let utf8 = try? UTF8Span(validating: text.extracting(range)) else { return "" }
        return String(copying: utf8)
    }

    /// The value of four hexadecimal digits; nil if they are invalid.
    static func codeUnit(at index: Int, in text: Span<UInt8>) -> UInt32? {
        guard index + 4 <= text.count else { return nil }
        var value: UInt32 = 0
        for offset in 0..<4 {
            let byte = text[index + offset]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return value
    }

    private static func hasEscapes(_ range: Range<Int>, in text: Span<UInt8>) -> Bool {
        for index in range where text[index] == UInt8(ascii: "\\") { return true }
        return false
    }

    /// The character of the escape sequence at `index`; moves `index` past it.
    private static func escaped(at index: inout Int, in text: Span<UInt8>) -> Unicode.Scalar {
        let letter = text[index + 1]
        index += 2
        switch letter {
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "u"): break
        default: return Unicode.Scalar(letter)
        }
        var value = codeUnit(at: index, in: text) ?? 0xFFFD
        index += 4
        if (0xD800..<0xDC00).contains(value), let low = codeUnit(at: index + 2, in: text) {
            value = 0x10000 + (value - 0xD800) << 10 + (low &- 0xDC00)
            index += 6
        }
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }
}
