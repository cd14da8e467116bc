/// Why a text is not JSON, and where. It never quotes the text, which may be a token file.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    /// Counted from 1.
    package let line: Int
    /// Counted from 1, in user-perceived characters: `é` is one, however it is encoded.
    package let column: Int
    /// What is wrong, e.g. `expected ',' or '}'`.
    package let reason: String

    package init(line: Int, column: Int, reason: String) {
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// The error at a byte offset of a text.
    init(at offset: Int, in text: Span<UInt8>, _ reason: String) {
        let position = TextPosition(of: offset, in: text)
        self.init(line: position.line, column: position.column, reason: reason)
    }

    package var description: String { "line \(line), column \(column): \(reason)" }
}

/// A position in a text, as editors show it.
package struct TextPosition: Equatable, Sendable {
    /// Counted from 1; lines end at a line feed.
    package let line: Int
    /// Counted from 1, in user-perceived characters.
    package let column: Int

    /// The position of a byte offset, at most the end. No part of the text is copied.
    package init(of offset: Int, in text: Span<UInt8>) {
        let end = min(offset, text.count)
        var line = 1
        var start = 0
        for index in 0..<end where text[index] == UInt8(ascii: "\n") {
            line += 1
            start = index + 1
        }
        self.line = line
        column = 1 + Self.characters(in: text.extracting(start..<end))
    }

    private static func characters(in text: Span<UInt8>) -> Int {
        guard let utf8 = try? UTF8Span(validating: text) else { return text.count }
        var iterator = utf8.makeCharacterIterator()
        return iterator.skipForward(by: Int.max)
    }
}
