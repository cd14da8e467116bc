/// Finds what a person needs in the output of `aws sso login`: the address, and the code that the page shows.
package struct SignInOutput: Equatable, Sendable {
    package private(set) var url: String?
    package private(set) var code: String?
    /// It says that the service no longer accepts the cached client registration.
    package private(set) var namesUnknownClient = false
    /// The AWS CLI says that it has signed in.
    package private(set) var hasSignedIn = false
    private var error = CLIError()
    /// Its errors come by themselves: what it prints says where to sign in, and they never do.
    private let hasErrorsApart: Bool
    private var unfinishedError: [UInt8] = []
    /// Lines for the journal, secrets masked: those that came since they were last taken.
    private var lines: [String] = []
    private var unfinished: [UInt8] = []

    /// The maximum length of a line, in bytes.
    private static let longestLine = 8192
    /// The maximum number of lines logged per sign-in.
    private static let mostLines = 200
    private var lineCount = 0

    /// - Parameters:
    ///   - url: what an earlier process heard already.
    ///   - hasErrorsApart: for `appendError`.
    package init(url: String? = nil, code: String? = nil, hasErrorsApart: Bool = false) {
        self.url = url
        self.code = code
        self.hasErrorsApart = hasErrorsApart
    }

    /// The URL that already contains the code, for a QR code; nil without a code.
    package var completeURL: String? {
        guard let url, let code else { return nil }
        return url.contains("?") ? url : "\(url)?user_code=\(code)"
    }

    /// The page calls back to a port of this machine (PKCE), so that no browser elsewhere can complete it.
    package static func callsBack(_ url: String) -> Bool { url.contains("code_challenge=") }

    /// Takes the next chunk of output, wherever it was cut.
    package mutating func append(_ bytes: [UInt8]) {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                finishLine()
            } else if unfinished.count < SignInOutput.longestLine {
                unfinished.append(byte)
            }
        }
    }

    /// Takes the next chunk of what it prints as errors.
    package mutating func appendError(_ bytes: [UInt8]) {
        unfinishedError += bytes.prefix(max(0, SignInOutput.longestLine - unfinishedError.count))
    }

    /// Why the sign-in failed, as it says; nil if it said nothing. Secrets masked.
    package var reason: String? { error.reason }

    /// The output has ended.
    package mutating func finish() {
        finishLine()
        for line in unfinishedError.split(separator: UInt8(ascii: "\n")) {
            error.append(SignInOutput.shown(String(decoding: line, as: UTF8.self)))
        }
        unfinishedError = []
    }

    private static func shown(_ line: String) -> String {
        String(line.split(whereSeparator: \.isWhitespace).map { masked($0) }.joined(separator: " ").prefix(300))
    }

    /// The new lines, masked so that anybody may see them.
    package mutating func takeLines() -> [String] {
        defer { lines = [] }
        return lines
    }

    private mutating func finishLine() {
        let line = String(decoding: unfinished, as: UTF8.self)
        unfinished = []
        if CLIError.unknownClient.contains(where: { line.contains($0) }) { namesUnknownClient = true }
        let words = line.split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty else { return }
        let shown = SignInOutput.shown(line)
        lineCount += 1
        if lineCount <= SignInOutput.mostLines { lines.append(shown) }
        // "Successfully logged into Start URL: https://…" names no place to sign in at.
        guard !line.contains("Start URL:") else {
            hasSignedIn = true
            return
        }
        // An error of ours may quote what somebody else says.
        guard !line.hasPrefix("Error: ") else { return error.append(shown) }
        for word in words where word.hasPrefix("https://") || word.hasPrefix("http://") {
            if url == nil || word.contains("user_code=") { url = String(word) }
        }
        if let found = words.first(where: SignInOutput.isCode) {
            code = String(found)
            // It says nothing of how the sign-in went.
            return
        }
        if !hasErrorsApart { error.append(shown) }
    }

    /// `ABCD-EFGH`.
    private static func isCode(_ word: Substring) -> Bool {
        let halves = word.split(separator: "-", omittingEmptySubsequences: false)
        return halves.count == 2
            && halves.allSatisfy {
                $0.utf8.count == 4 && $0.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber) }
            }
    }

    /// Masks codes, the parameters of links, and long words that are not paths: each could be a secret.
    private static func masked(_ word: Substring) -> String {
        if isCode(word) { return "[code]" }
        let opening = word.prefix { "\"'(<[".contains($0) }
        let inner = word.dropFirst(opening.count)
        if inner.hasPrefix("https://") || inner.hasPrefix("http://") {
            let last = inner.lastIndex { !"\"')>],.;:".contains($0) } ?? inner.startIndex
            let (link, closing) = (inner[...last], inner[inner.index(after: last)...])
            let plain = link.prefix { $0 != "?" && $0 != "#" }
            guard !plain.contains("@") else { return "[…]" }
            return opening + plain + (plain.utf8.count == link.utf8.count ? "" : "?[…]") + closing
        }
        let isPath = word.hasPrefix("/") && word.dropFirst().contains("/") && !word.contains("+")
        return word.utf8.count < 32 || isPath ? String(word) : "[…]"
    }
}
