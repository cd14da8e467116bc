/// The words of a section header such as `profile "a b"`, split as Python's `shlex` splits them.
enum ShellWords {
    /// Nil where a quote is not closed or a backslash ends the text; the AWS CLI then ignores the section.
    static func split(_ text: String) -> [String]? {
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
