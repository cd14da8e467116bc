import ArgumentParser
import Glibc
import Host
import SessionHealth

/// The exchanges with AWS, one for each run: the process that holds a token or a TLS connection ends with it.
@main
struct Net: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bedrock-agent-net",
        abstract: "One exchange with AWS over HTTPS. Run by bedrock-agent, not by hand.",
        version: "bedrock-agent-net \(Version.current)",
        subcommands: [
            Refresh.self, SignIn.self, Accounts.self, Roles.self, Models.self, Credentials.self, Resolve.self,
        ])

    /// What is refused may come from others, and is shown by whoever runs this.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            let status = exitCode(for: error)
            if status.isSuccess { exit(withError: error) }
            StandardError.write(fullMessage(for: error).printableLines + "\n")
            Glibc.exit(status.rawValue)
        }
    }
}
