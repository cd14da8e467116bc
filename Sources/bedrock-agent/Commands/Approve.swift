import ArgumentParser
import FoundationEssentials
import Host
import SessionHealth

struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a changed awsAuthRefresh command, and allow the agent to run it.")

    @Flag(help: "Approve without asking.")
    var yes = false

    func run() throws {
        let now = EventLoop.now()
        let environment = ProcessInfo.processInfo.environment
        let paths = Paths(environment: environment)
        let reader = FactsOnDisk(environment: environment, at: now)
        reader.readAll(at: now)
        guard let command = reader.facts.claude.awsAuthRefresh else {
            throw Failure("awsAuthRefresh is not set in Claude Code's settings: run bedrock-agent setup")
        }
        let approvals = Approvals(path: paths.approvals)
        let approved = try approvals.commands()
        guard !approved.contains(command) else { return say("already approved: \(command.printable)") }
        say("approved so far:     \(approved.last?.printable ?? "nothing")")
        say("now in the settings: \(command.printable)")
        try Dialogue.confirm("Allow the agent to run it when a sign-in is needed?", yes: "Approve", isAgreed: yes)
        try approvals.approve(command)
        say("approved")
    }
}
