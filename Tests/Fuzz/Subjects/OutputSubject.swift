import SessionHealth

/// What a sign-in command prints, in chunks.
enum OutputSubject {
    static func check(_ input: Input) throws(Violation) {
        let bytes = input.text(0)
        let errors = input.text(2)
        let hasErrorsApart = !errors.isEmpty
        var whole = SignInOutput(hasErrorsApart: hasErrorsApart)
        whole.append(bytes)
        whole.appendError(errors)
        whole.finish()
        var chunked = SignInOutput(hasErrorsApart: hasErrorsApart)
        var choices = input.choices(1)
        var rest = bytes[...]
        var lines: [String] = []
        while !rest.isEmpty {
            let count = 1 + choices.next(below: 64)
            chunked.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
            lines += chunked.takeLines()
        }
        for byte in errors { chunked.appendError([byte]) }
        chunked.finish()
        lines += chunked.takeLines()
        let all = whole.takeLines()
        try requireEqual(all, lines, "other lines in chunks")
        try requireEqual(whole, chunked, "another reading in chunks")
        try shows(all + [whole.reason].compactMap(\.self), (bytes + [0x0A] + errors))
        try meaning(whole)
    }

    private static func meaning(_ output: SignInOutput) throws(Violation) {
        if let code = output.code {
            try require(code.utf8.count == 9 && code.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "no code: \(code)")
        }
        if let url = output.url {
            try require(url.hasPrefix("http://") || url.hasPrefix("https://"), "no address: \(url)")
            try require(!url.contains(where: \.isWhitespace), "white space in an address")
        }
        if let complete = output.completeURL, let url = output.url {
            try require(complete.hasPrefix(url), "another address with the code")
        }
    }

    /// Shown are no codes, no parameters of links and no long words.
    private static func shows(_ lines: [String], _ printed: [UInt8]) throws(Violation) {
        for line in lines {
            try require(line.count <= 300 + 300, "a long line")
            try require(!line.utf8.contains(0x0A) && !line.utf8.contains(0x0D), "a line end in a line")
            for word in line.split(separator: " ") where word.utf8.count >= 32 {
                let isLink = word.contains("http://") || word.contains("https://")
                let isPath = word.hasPrefix("/")
                try require(isLink || isPath || word.contains("["), "a long word is shown: \(word)")
            }
        }
    }
}
