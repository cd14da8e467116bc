import ArgumentParser
import FoundationEssentials
import Host
import SessionHealth

/// What a shell completes. Whatever cannot be read completes nothing.
enum Completions {
    static var ofProfiles: CompletionKind { .custom { _, _, _ in profiles } }

    static var ofRegions: CompletionKind { .list(BedrockRegions.usual) }

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
