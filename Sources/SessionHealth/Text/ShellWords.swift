/// The words of a command line, or of a section header such as `profile "a b"`.
package enum ShellWords {
    /// A word as a shell takes it for just this.
    package static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "-_./:@+=,%".utf8.contains(byte)
        }
        guard !isPlain || word.isEmpty else { return word }
        let inner = Array(word.utf8).replacing(Array("'".utf8), with: Array(#"'\''"#.utf8))
        return "'\(String(decoding: inner, as: UTF8.self))'"
    }

    /// As Python's `shlex` splits them: by code points. (For `Character`, a quote with an accent is no quote.)
    /// - Returns: nil where a quote is not closed or a backslash ends the text; the AWS CLI then ignores the section.
    package static func split(_ text: String) -> [String]? {
        if text.utf8.allSatisfy({ $0 > 0x27 || $0 == 0x20 }), !text.utf8.contains(UInt8(ascii: "\\")) {
            return text.utf8.split(separator: 0x20).map { String(Substring($0)) }
        }
        var words: [String] = []
        var word: String.UnicodeScalarView?
        var quote: Unicode.Scalar?
        var scalars = text.unicodeScalars.makeIterator()
        func add(_ scalar: Unicode.Scalar) {
            if word == nil { word = .init() }
            word?.append(scalar)
        }
        while let scalar = scalars.next() {
            if scalar == quote {
                quote = nil
            } else if scalar == "\\", quote != "'" {
                guard let escaped = scalars.next() else { return nil }
                // Inside double quotes a backslash counts only before a quote or another backslash.
                if quote == "\"", escaped != "\"", escaped != "\\" { add("\\") }
                add(escaped)
            } else if quote != nil {
                add(scalar)
            } else if scalar == "\"" || scalar == "'" {
                quote = scalar
                word = word ?? .init()
            } else if isSpace(scalar) {
                if let finished = word { words.append(String(finished)) }
                word = nil
            } else {
                add(scalar)
            }
        }
        if quote != nil { return nil }
        if let word { words.append(String(word)) }
        return words
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\n"
    }
}
