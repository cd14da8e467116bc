import ArgumentParser
import Glibc
import Host
import SessionHealth

@main
struct BedrockAgent: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bedrock-agent",
        abstract: "Keeps the IAM Identity Center session of Claude Code on Amazon Bedrock alive.",
        discussion: "To begin: setup. Signed out: login. Something is wrong: doctor. To undo it all: reset.",
        version: "bedrock-agent \(Version.current)",
        subcommands: [
            Setup.self, StatusCommand.self, Login.self, Use.self, Cover.self, Credentials.self, Doctor.self, Log.self,
            Migrate.self, Approve.self, Reset.self, Daemon.self, FleetCommand.self, HookCommand.self,
        ])

    /// `daemon`, `status`, `hook` and `credentials` bypass the argument parser: parsing takes longer than the answer, and
    /// the daemon would keep the parser's pages in memory for good.
    static func main() {
        var status = ExitCode.success
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            switch arguments {
            case ["daemon"]: try Daemon().run()
            case ["status"]: try Self.status { _ in }
            case ["status", "--json"]: try Self.status { $0.json = true }
            case ["status", "--line"]: try Self.status { $0.line = true }
            case let words where words.count == 2 && words[0] == "hook" && !words[1].hasPrefix("-"): Self.hook(words[1])
            default:
                if let command = Credentials(asCalled: arguments) {
                    try command.run()
                    break
                }
                try refuseUnknownCommand(arguments)
                var command = try parseAsRoot()
                try command.run()
            }
        } catch let code as ExitCode {
            status = code
        } catch is Cancelled {
            say("Nothing was changed.")
            status = ExitCode(Cancelled.exitStatus)
        } catch {
            status = exitCode(for: error)
            // Help and completion scripts are thrown as errors, too.
            let text = fullMessage(for: error)
            let line = text.isEmpty ? "" : "\(text)\n"
            if status.isSuccess {
                StandardOutput.write(Array(line.utf8))
            } else {
                StandardError.write(line.printableLines)
            }
        }
        if let failure = StandardOutput.failure {
            StandardError.write("bedrock-agent: \("\(failure)".printable)\n")
            status = ExitCode(EX_IOERR)
        }
        Glibc.exit(status.rawValue)
    }

    /// - Throws: with the nearest name, for a command that does not exist, also after `help`.
    private static func refuseUnknownCommand(_ arguments: [String]) throws {
        let words = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
        let names = configuration.subcommands.map { $0.configuration.commandName ?? "\($0)".lowercased() }
        guard let word = words.first, !word.hasPrefix("-"), word != "help", !names.contains(word) else { return }
        let meant = byOtherNames[word] ?? NearestName.suggestions(for: word, among: names).first
        let near = meant.map { "; did you mean \($0)?" } ?? ""
        throw ValidationError("unknown command \(word.printable)\(near)")
    }

    /// What other tools call them.
    private static let byOtherNames = [
        "refresh": "login", "diagnose": "doctor", "repair": "setup --repair", "manage": "setup",
    ]

    private static func hook(_ event: String) {
        var command = HookCommand()
        command.event = event
        command.run()
    }

    private static func status(_ set: (inout StatusCommand) -> Void) throws {
        var command = StatusCommand()
        (command.json, command.line, command.waybar, command.follow) = (false, false, false, false)
        (command.metrics, command.output) = (false, nil)
        set(&command)
        try command.run()
    }
}
