/// A Swift file as the house rules see it: code without comments and string literals, and the literals separately.
struct SwiftSource {
    /// By line. Interpolations, `\(…)`, count as code.
    let code: [String]
    /// The contents of string literals, each with its first line number.
    let texts: [(line: Int, text: String)]

    init(_ text: String) {
        var scanner = Scanner(bytes: Array(text.utf8))
        scanner.scan(untilParenthesis: false)
        code = String(decoding: scanner.code, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        texts = scanner.texts
    }

    /// The identifiers and keywords in a line.
    static func words(_ line: some StringProtocol) -> [Substring] {
        Substring(line).split { !($0.isLetter || $0.isNumber || $0 == "_") }
    }

    /// The top-level types and functions visible to other files. The formatter puts them at the start of a line.
    var declared: [String] {
        let kinds: Set<Substring> = ["struct", "enum", "class", "actor", "protocol", "typealias", "func", "let", "var"]
        let modifiers: Set<Substring> = ["package", "public", "indirect", "final", "nonisolated"]
        return code.compactMap { line in
            guard line.first?.isLetter == true else { return nil }
            let words = SwiftSource.words(line).drop { modifiers.contains($0) }
            guard words.count > 1, let kind = words.first, kinds.contains(kind) else { return nil }
            return words.dropFirst().first.map(String.init)
        }
    }

    /// The imported modules, with their line numbers.
    var imports: [(line: Int, module: String)] {
        code.enumerated().compactMap { index, line in
            let words = SwiftSource.words(line)
            guard let keyword = words.firstIndex(of: "import"), keyword < 2, words.count > keyword + 1 else {
                return nil
            }
            return (index + 1, String(words[keyword + 1]))
        }
    }
}

private struct Scanner {
    let bytes: [UInt8]
    private(set) var code: [UInt8] = []
    private(set) var texts: [(line: Int, text: String)] = []
    private var index = 0
    private var line = 1

    init(bytes: [UInt8]) { self.bytes = bytes }

    private func isAt(_ text: String) -> Bool { bytes[index...].starts(with: text.utf8) }

    /// Skips bytes that are not code, but keeps the line breaks.
    private mutating func skip(_ count: Int) {
        for byte in bytes[index...].prefix(count) where byte == UInt8(ascii: "\n") {
            code.append(byte)
            line += 1
        }
        index += count
    }

    mutating func scan(untilParenthesis: Bool) {
        var depth = 0
        while index < bytes.count {
            if isAt("//") {
                skip(bytes[index...].prefix { $0 != UInt8(ascii: "\n") }.count)
            } else if isAt("/*") {
                comment()
            } else if let hashes = startOfText {
                text(hashes)
            } else {
                let byte = bytes[index]
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") { depth -= 1 }
                if untilParenthesis, depth < 0 { return skip(1) }
                if byte == UInt8(ascii: "\n") { line += 1 }
                code.append(byte)
                index += 1
            }
        }
    }

    private mutating func comment() {
        var depth = 0
        repeat {
            if isAt("/*") { depth += 1 } else if isAt("*/") { depth -= 1 }
            skip(isAt("/*") || isAt("*/") ? 2 : 1)
        } while depth > 0 && index < bytes.count
    }

    /// The number of `#` before a quote at this position; nil if no string literal starts here.
    private var startOfText: Int? {
        let hashes = bytes[index...].prefix { $0 == UInt8(ascii: "#") }.count
        return index + hashes < bytes.count && bytes[index + hashes] == UInt8(ascii: "\"") ? hashes : nil
    }

    private mutating func text(_ hashes: Int) {
        let fence = String(repeating: "#", count: hashes)
        skip(hashes)
        let quotes = isAt("\"\"\"") ? "\"\"\"" : "\""
        skip(quotes.count)
        let start = line
        var text: [UInt8] = []
        code += "\"".utf8
        while index < bytes.count, !isAt(quotes + fence) {
            if isAt("\\\(fence)(") {
                skip(2 + hashes)
                code += " ".utf8
                scan(untilParenthesis: true)
                code += " ".utf8
                text += " ".utf8
            } else {
                let count = isAt("\\\(fence)") ? 2 + hashes : 1
                text += bytes[index...].prefix(count)
                skip(count)
            }
        }
        skip(quotes.count + hashes)
        code += "\"".utf8
        texts.append((start, String(decoding: text, as: UTF8.self)))
    }
}
