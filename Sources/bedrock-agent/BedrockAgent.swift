import ArgumentParser
import SessionHealth

@main
struct BedrockAgent: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bedrock-agent",
        abstract: "Keeps the IAM Identity Center session healthy that Claude Code uses on Amazon Bedrock.",
        version: "bedrock-agent \(Version.current)",
        subcommands: [Setup.self, Daemon.self, StatusCommand.self, Login.self, Approve.self])
}
