/// A version of Claude Code, and what it is known to do wrong on Bedrock (its change log).
package struct ClaudeVersion: Comparable, Sendable, CustomStringConvertible {
    package let description: String
    private let numbers: [Int]

    /// - Parameter text: what `claude --version` prints: `2.1.240 (Claude Code)`.
    package init?(parsing text: String) {
        guard let word = text.split(whereSeparator: \.isWhitespace).first else { return nil }
        let parts = word.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count >= 2, !parts.contains(nil) else { return nil }
        description = String(word)
        numbers = parts.compactMap(\.self)
    }

    package static func < (left: ClaudeVersion, right: ClaudeVersion) -> Bool {
        left.numbers.lexicographicallyPrecedes(right.numbers)
    }

    package static func == (left: ClaudeVersion, right: ClaudeVersion) -> Bool { left.numbers == right.numbers }

    /// What of a setup decides whether a flaw matters.
    package struct Use: Sendable {
        /// `AWS_REGION` or `AWS_DEFAULT_REGION` is set.
        package var hasRegion = true
        /// `sso_region` is another region than Bedrock's.
        package var crossesRegions = false
        package var hasProxy = false
        /// `CLAUDE_CODE_USE_MANTLE` is on.
        package var usesMantle = false

        package init() {}
    }

    /// The versions from which each flaw that matters is gone, newest first, and the flaw in a few words.
    package func flaws(in use: Use) -> [(gone: String, words: String, isFatal: Bool)] {
        let all: [(since: String?, gone: String, words: String, matters: Bool, isFatal: Bool)] = [
            (nil, "2.1.239", "may hang at startup behind a proxy", use.hasProxy, false),
            (
                "2.1.207", "2.1.208", "loses the session where sso_region is not Bedrock's region", use.crossesRegions,
                true
            ),
            (nil, "2.1.207", "may keep using old credentials after a sign-in", true, false),
            (nil, "2.1.198", "does not recover from a 401", use.usesMantle, false),
            (nil, "2.1.172", "needs \(AWSVariable.region), which is not set", !use.hasRegion, true),
            (nil, "2.1.43", "waits forever for awsAuthRefresh", true, false),
        ]
        return all.filter { flaw in
            guard flaw.matters, let gone = ClaudeVersion(parsing: flaw.gone), self < gone else { return false }
            return flaw.since.flatMap(ClaudeVersion.init(parsing:)).map { self >= $0 } ?? true
        }.map { ($0.gone, $0.words, $0.isFatal) }
    }
}
