import ArgumentParser
import Glibc
import Host
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
        var status = ExitCode.success
        do {
            switch Array(CommandLine.arguments.dropFirst()) {
            case ["daemon"]: try Daemon().run()
            case ["status"]: try Self.status(json: false)
            case ["status", "--json"]: try Self.status(json: true)
            default:
                var command = try parseAsRoot()
                try command.run()
            }
        } catch let code as ExitCode {
            status = code
        } catch {
            status = exitCode(for: error)
            // Help and completions come as errors, too.
            let text = fullMessage(for: error)
            let line = text.isEmpty ? "" : "\(text)\n"
            if status.isSuccess { StandardOutput.write(Array(line.utf8)) } else { StandardError.write(line) }
        }
        if let failure = StandardOutput.failure {
            StandardError.write("bedrock-agent: \(failure)\n")
            status = ExitCode(EX_IOERR)
        }
        Glibc.exit(status.rawValue)
    }

    private static func status(json: Bool) throws {
        var command = StatusCommand()
        command.json = json
        try command.run()
    }
}
