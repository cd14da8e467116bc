/// A version of Claude Code, and its known Bedrock bugs (from its changelog).
package struct ClaudeVersion: Comparable, Sendable, CustomStringConvertible {
    package let description: String
    private let numbers: [Int]

    /// - Parameter text: the output of `claude --version`, e.g. `2.1.240 (Claude Code)`.
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

    /// The properties of a setup that decide whether a bug matters.
    package struct Use: Sendable {
        /// `AWS_REGION` or `AWS_DEFAULT_REGION` is set.
        package var hasRegion = true
        /// `sso_region` differs from the Bedrock region.
        package var crossesRegions = false
        package var hasProxy = false
        /// `CLAUDE_CODE_USE_MANTLE` is on.
        package var usesMantle = false
        /// `awsAuthRefresh` is set, and is not `bedrock-agent login`.
        package var signsInAlone = false

        package init() {}
    }

    /// The bugs that matter, each with the version that fixed it, newest first, and a short description.
    package func flaws(in use: Use) -> [(gone: String, words: String, isFatal: Bool)] {
        let all: [(since: String?, gone: String, words: String, matters: Bool, isFatal: Bool)] = [
            (
                nil, "2.1.286", "opens a sign-in tab for every session (bedrock-agent setup --coalesce prevents that)",
                use.signsInAlone, false
            ),
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
