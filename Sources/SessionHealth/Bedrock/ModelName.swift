/// A value of `ANTHROPIC_MODEL`: the ID or ARN of an inference profile or a foundation model, or an alias, perhaps with
/// the suffix `[1m]`, which only Claude Code knows.
package struct ModelName: Equatable, Hashable, Sendable {
    /// Without `[1m]`.
    package let base: String
    /// It ends in `[1m]`: Claude Code uses a context window of a million tokens.
    package let asksForLongContext: Bool

    static let suffix = "[1m]"

    package init(_ value: String) {
        asksForLongContext = value.lowercased().hasSuffix(Self.suffix)
        base = asksForLongContext ? String(value.dropLast(Self.suffix.count)) : value
    }

    package var isARN: Bool { base.hasPrefix("arn:") }

    /// Neither an ID nor an ARN: `opus`, `sonnet`, `default`, which Claude Code maps to an ID.
    package var isAlias: Bool { !isARN && !base.contains(".") }

    /// Only Bedrock knows it: an ARN, or an ID of Anthropic's there.
    package var isOfBedrock: Bool { isARN ? base.contains(":bedrock:") : base.contains("anthropic.") }

    /// What Claude Code can make something of, as far as the text tells.
    package var isPlausible: Bool { isARN || isOfBedrock || Self.aliases.contains(base.lowercased()) }

    /// Claude Code's own.
    private static let aliases: Set = ["default", "best", "opus", "sonnet", "haiku", "fable", "opusplan"]

    /// It is a foundation model, not an inference profile.
    package var isFoundationModel: Bool { base.hasPrefix("anthropic.") || base.contains(":foundation-model/") }

    /// The Anthropic model in the name itself: `anthropic.claude-…` after an optional `geography.`, or in the ARN of a
    /// foundation model or a system-defined inference profile.
    package var foundationModelInName: String? {
        var name = base[...]
        if isARN {
            guard let slash = base.lastIndex(of: "/") else { return nil }
            name = base[base.index(after: slash)...]
        }
        if name.hasPrefix("anthropic.") { return String(name) }
        guard let dot = name.firstIndex(of: ".") else { return nil }
        let geography = name[..<dot]
        let rest = name[name.index(after: dot)...]
        let isGeography = !geography.isEmpty && geography.utf8.allSatisfy { $0 == 0x2D || (0x61...0x7A).contains($0) }
        return isGeography && rest.hasPrefix("anthropic.") ? String(rest) : nil
    }

    /// Only Bedrock knows the model behind it: an application inference profile, or a provisioned or imported model.
    package var hidesModel: Bool { isARN && foundationModelInName == nil }

    /// The geography prefix, e.g. `us` in `us.anthropic.claude-…`; nil without one.
    package var geography: String? {
        guard !isARN, !base.hasPrefix("anthropic."), foundationModelInName != nil else { return nil }
        return String(base.prefix { $0 != "." })
    }

    /// The foundation model's ID: `X` in `arn:…:foundation-model/X`.
    static func foundationModel(inARN arn: String) -> String? {
        guard let slash = arn.lastIndex(of: "/"), arn[..<slash].hasSuffix(":foundation-model") else { return nil }
        return String(arn[arn.index(after: slash)...])
    }

    /// An ID without what may follow the model's version: `-20251101-v1:0`.
    static func undated(_ id: String) -> String {
        var words = id.split(separator: "-", omittingEmptySubsequences: false)
        if let last = words.last, last.hasPrefix("v"), last.dropFirst().first?.isNumber == true { words.removeLast() }
        if let last = words.last, last.count == 8, last.allSatisfy(\.isNumber) { words.removeLast() }
        return words.joined(separator: "-")
    }

    /// The geography whose inference profiles Claude Code uses by default in a region.
    package static func geography(of region: String) -> String {
        for (prefix, geography) in [("us-gov-", "us-gov"), ("us-", "us"), ("eu-", "eu"), ("ap-", "apac")]
        where region.hasPrefix(prefix) {
            return geography
        }
        return "global"
    }
}
