/// The words of a command line, or of a section header such as `profile "a b"`.
package enum ShellWords {
    /// A word as a shell takes it for just this.
    package static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "-_./:@+=,%".utf8.contains(byte)
        }
        return isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: #"'\''"#))'"
    }

    /// As Python's `shlex` splits them.
    /// - Returns: nil where a quote is not closed or a backslash ends the text; the AWS CLI then ignores the section.
    package static func split(_ text: String) -> [String]? {
        if text.utf8.allSatisfy({ $0 > 0x27 || $0 == 0x20 }), !text.utf8.contains(UInt8(ascii: "\\")) {
            return text.utf8.split(separator: 0x20).map { String(Substring($0)) }
        }
        var words: [String] = []
        var word: String?
        var quote: Character?
        var characters = text.makeIterator()
        while let character = characters.next() {
            if character == quote {
                quote = nil
            } else if character == "\\", quote != "'" {
                guard let escaped = characters.next() else { return nil }
                // Inside double quotes a backslash counts only before a quote or another backslash.
                if quote == "\"", escaped != "\"", escaped != "\\" { word = (word ?? "") + "\\" }
                word = (word ?? "") + String(escaped)
            } else if quote != nil {
                word = (word ?? "") + String(character)
            } else if character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if isSpace(character) {
                if let finished = word { words.append(finished) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if quote != nil { return nil }
        if let word { words.append(word) }
        return words
    }

    private static func isSpace(_ character: Character) -> Bool {
        character == " " || character == "\t" || character == "\r" || character == "\n" || character == "\r\n"
    }
}
