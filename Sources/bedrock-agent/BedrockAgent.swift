import ArgumentParser
import Glibc
import SessionHealth

@main
struct BedrockAgent: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bedrock-agent",
        abstract: "Keeps the IAM Identity Center session healthy that Claude Code uses on Amazon Bedrock.",
        version: "bedrock-agent \(Version.current)",
        subcommands: [
            Setup.self, Daemon.self, StatusCommand.self, Login.self, Doctor.self, Approve.self, Migrate.self,
            Reset.self,
            Log.self,
        ])

    /// What stays resident and what runs often go past the argument parser: asking it takes longer than the answer,
    /// and the daemon would keep its pages for good.
    static func main() {
        do {
            switch Array(CommandLine.arguments.dropFirst()) {
            case ["daemon"]: try Daemon().run()
            case ["status"]: try status(json: false)
            case ["status", "--json"]: try status(json: true)
            default: main(nil)
            }
        } catch let code as ExitCode {
            Glibc.exit(code.rawValue)
        } catch {
            exit(withError: error)
        }
    }

    private static func status(json: Bool) throws {
        var command = StatusCommand()
        command.json = json
        try command.run()
    }
}
