import ArgumentParser
import FoundationEssentials
import Host
import SessionHealth

/// What a shell completes. Whatever cannot be read completes nothing.
enum Completions {
    static var ofProfiles: CompletionKind { .custom { _, _, _ in profiles } }

    static var ofRegions: CompletionKind { .list(BedrockRegions.usual) }

    /// What the account lists, for the profile and the region of the command line, else for those of Claude Code.
    static var ofModels: CompletionKind { .custom { words, _, _ in models(words) } }

    /// Seconds that somebody waits for a completion.
    private static let patience: TimeInterval = 3

    private static func models(_ words: [String]) -> [String] {
        func value(of flag: String) -> String? {
            words.firstIndex(of: flag).flatMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil }
        }
        let environment = ProcessInfo.processInfo.environment
        let watch = Stopwatch()
        let reader = FactsOnDisk(environment: environment, at: watch.start)
        reader.readConfiguration(at: watch.start)
        let claude = reader.facts.claude
        let merged = ClaudeEnvironment(ClaudeFolder(own: environment)).merged
        guard let resolved = try? reader.resolve(value(of: "--profile")),
            let region = value(of: "--region") ?? resolved.region ?? claude.region
        else { return [] }
        let net = NetExchange(
            environment: merged, paths: Paths(environment: environment), timeout: Completions.patience)
        let listing = try? net.models(for: resolved, region: region)
        return listing?.choices(in: region).map(\.setting).filter(isPlain) ?? []
    }

    /// Of the AWS files.
    private static var profiles: [String] {
        let environment = ClaudeEnvironment(ClaudeFolder(own: ProcessInfo.processInfo.environment)).merged
        let files = AWSFiles(environment: environment, home: Paths(environment: environment).home)
        return (try? files.config().profileNames.filter(isPlain)) ?? []
    }

    /// A shell runs what a name contains: the scripts hand it the words as they are.
    private static func isPlain(_ name: String) -> Bool {
        name.allSatisfy { $0.isLetter || $0.isNumber || "._-/+@:,=%".contains($0) }
    }
}
