import ArgumentParser
import FoundationEssentials
import Host
import SessionHealth

struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a changed awsAuthRefresh command, and let the agent run it.")

    @Flag(help: "Approve without asking.")
    var yes = false

    func run() throws {
        let now = EventLoop.now()
        let environment = ProcessInfo.processInfo.environment
        let paths = Paths(environment: environment)
        let reader = FactsOnDisk(paths: paths, environment: environment, at: now)
        reader.readAll(at: now)
        guard let command = reader.facts.claude.awsAuthRefresh else {
            throw Failure("Claude Code's settings have no awsAuthRefresh: bedrock-agent setup")
        }
        let approvals = Approvals(path: paths.approvals)
        let approved = try approvals.commands()
        guard !approved.contains(command) else { return say("approved already: \(command.printable)") }
        say("approved until now: \(approved.last?.printable ?? "nothing")")
        say("now in the settings: \(command.printable)")
        guard try yes || confirm("Let bedrock-agent run it when a sign-in is needed?") else {
            throw Failure("not approved; nothing was changed")
        }
        try approvals.approve(command)
        say("approved")
    }
}
