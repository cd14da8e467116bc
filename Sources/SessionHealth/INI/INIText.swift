// Lines and white space of an INI file, processed as bytes: a thousand profiles take a few milliseconds.

/// One line of a file, without surrounding white space.
struct INILine {
    /// Counted from 1.
    var number: Int
    /// Characters of white space before the text, which distinguish a continued value from a new key.
    var indent: Int
    var text: ArraySlice<UInt8>
}

/// The lines of a file that are not empty, split as Python does: at `\n`, `\r\n` or `\r`. One at a time: a file may be
/// nothing but line ends.
struct INILines: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private var start = 0
    private var number = 0

    init(of bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> INILine? {
        while start < bytes.count, let length = lineEnd(at: start) {
            start += length
            number += 1
        }
        guard start < bytes.count else { return nil }
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n"), bytes[end] != UInt8(ascii: "\r") { end += 1 }
        let text = INIText.trimmedStart(bytes[start..<end])
        let indent = INIText.characters(in: bytes[start..<text.startIndex])
        start = end + (lineEnd(at: end) ?? 0)
        number += 1
        return INILine(number: number, indent: indent, text: INIText.trimmedEnd(text))
    }

    /// Its bytes; nil if there is none here.
    private func lineEnd(at index: Int) -> Int? {
        guard index < bytes.count else { return nil }
        if bytes[index] == UInt8(ascii: "\n") { return 1 }
        guard bytes[index] == UInt8(ascii: "\r") else { return nil }
        return index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "\n") ? 2 : 1
    }
}

enum INIText {
    static func trimmedStart(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text
        while let first = text.first {
            if isASCIISpace(first) {
                text = text.dropFirst()
            } else if first >= 0x80, let length = wideSpaces.first(where: { text.starts(with: $0) })?.count {
                text = text.dropFirst(length)
            } else {
                break
            }
        }
        return text
    }

    static func trimmedEnd(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text
        while let last = text.last {
            if isASCIISpace(last) {
                text = text.dropLast()
            } else if last >= 0x80,
                let length = wideSpaces.first(where: { text.suffix($0.count).elementsEqual($0) })?.count
            {
                text = text.dropLast(length)
            } else {
                break
            }
        }
        return text
    }

    /// Where Python's `str.splitlines` ends a line, beside `\n` and `\r`: at white space of these kinds.
    static func pieces(of text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = text.startIndex
        var index = start
        while index < text.endIndex {
            guard let length = lineEnds.first(where: { text[index...].starts(with: $0) })?.count else {
                index += 1
                continue
            }
            pieces.append(text[start..<index])
            index += length
            start = index
        }
        return (pieces + [text[start...]]).map { trimmedEnd(trimmedStart($0)) }.filter { !$0.isEmpty }
    }

    private static let lineEnds: [[UInt8]] =
        [0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029].map { Array(String(wide: $0).utf8) }

    static func characters(in text: ArraySlice<UInt8>) -> Int { text.count { $0 & 0xC0 != 0x80 } }

    static func string(_ text: ArraySlice<UInt8>) -> String { String(decoding: text, as: UTF8.self) }

    private static func isASCIISpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) || (byte >= 0x1C && byte <= 0x1F)
    }

    /// Non-ASCII white space that both readers trim; it comes from copying a web page.
    private static let wideSpaces: [[UInt8]] =
        [0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000].map { Array(String(wide: $0).utf8) }
        + (0x2000...0x200A).map { Array(String(wide: $0).utf8) }
}

extension String {
    fileprivate init(wide code: UInt16) {
        self.init(decoding: CollectionOfOne(code), as: UTF16.self)
    }
}
