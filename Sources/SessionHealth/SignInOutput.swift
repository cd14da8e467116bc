/// Finds what a person needs in the output of `aws sso login`: where to go, and the code that the page shows.
package struct SignInOutput: Equatable, Sendable {
    package private(set) var url: String?
    package private(set) var code: String?
    /// The last line that says something, for the case that it fails; long runs of characters masked.
    package private(set) var lastLine: String?
    private var unfinished: [UInt8] = []

    /// As much of a line as is looked at, in bytes.
    private static let longestLine = 8192

    package init() {}

    /// Takes the next piece of output, wherever it was cut.
    package mutating func append(_ bytes: [UInt8]) {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                finishLine()
            } else if unfinished.count < SignInOutput.longestLine {
                unfinished.append(byte)
            }
        }
    }

    /// The output has ended.
    package mutating func finish() { finishLine() }

    private mutating func finishLine() {
        let line = String(decoding: unfinished, as: UTF8.self)
        unfinished = []
        let words = line.split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty else { return }
        // "Successfully logged into Start URL: https://…" names no place to sign in at.
        guard !line.contains("Start URL:") else { return }
        for word in words where word.hasPrefix("https://") || word.hasPrefix("http://") {
            if url == nil || word.contains("user_code=") { url = String(word) }
        }
        if let found = words.first(where: SignInOutput.isCode) {
            code = String(found)
            // The last line goes to the journal, which codes do not.
            return
        }
        lastLine = String(words.map { SignInOutput.masked($0) }.joined(separator: " ").prefix(300))
    }

    /// `ABCD-EFGH`.
    private static func isCode(_ word: Substring) -> Bool {
        let halves = word.split(separator: "-", omittingEmptySubsequences: false)
        return halves.count == 2
            && halves.allSatisfy {
                $0.utf8.count == 4 && $0.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber) }
            }
    }

    /// A long run without spaces that is no path could be a secret.
    private static func masked(_ word: Substring) -> Substring {
        word.utf8.count < 32 || word.hasPrefix("/") ? word : "[…]"
    }
}
