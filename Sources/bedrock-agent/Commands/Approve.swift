import ArgumentParser
import FoundationEssentials
import Host
import SessionHealth

struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a changed awsAuthRefresh or notify command, and allow the agent to run it.")

    @Flag(help: "Approve without asking.")
    var yes = false

    func run() throws {
        let now = EventLoop.now()
        let environment = ProcessInfo.processInfo.environment
        let paths = Paths(environment: environment)
        FileEdits(paths).sweep()
        let reader = FactsOnDisk(environment: environment, at: now)
        reader.readAll(at: now)
        let approvals = Approvals(path: paths.approvals)
        let approved = try approvals.commands()
        let refresh = reader.facts.claude.awsAuthRefresh
        if let (reason, fix) = Self.distrust(reader.facts), refresh.map(approved.containsSpelled) != true {
            throw Failure("awsAuthRefresh cannot be approved: \(reason). \(fix)")
        }
        let notify = reader.facts.notify.line
        let distrust: String? = if case .untrusted(let reason, _) = reader.facts.notify { reason } else { nil }
        guard refresh != nil || notify != nil || distrust != nil else {
            let findings = plan(for: reader.facts, at: now).findings
            if let damage = findings.first(where: {
                $0.subject == paths.userSettings && $0.severity != .info
            }) {
                throw Failure("\(damage.message). \(damage.fix)")
            }
            throw Failure("awsAuthRefresh is not set in Claude Code's settings: run bedrock-agent setup")
        }
        // Who declines one of them may still allow the other.
        var declined: Cancelled?
        if let refresh {
            if reader.facts.claude.approved, !approved.containsSpelled(refresh) {
                say("needs no approval, since only root can change it: \(refresh.spelledOut)")
            } else if approved.containsSpelled(refresh) {
                say("already approved: \(refresh.spelledOut)")
            } else {
                say("approved so far:     \(approved.last { !AgentConfig.isOfNotify($0) }?.spelledOut ?? "nothing")")
                say("now in the settings: \(refresh.spelledOut)")
                do {
                    try Dialogue.confirm(
                        "Allow the agent to run it when a sign-in is needed?", yes: "Approve", isAgreed: yes)
                    try approvals.approve(refresh)
                    say("approved")
                } catch let no as Cancelled {
                    declined = no
                }
            }
        }
        if let notify { try approve(notify, reader.facts.notify, approvals, paths) }
        if let distrust { say("notify cannot be approved: \(distrust.printable)") }
        if let declined { throw declined }
    }

    /// Why the command of Claude Code's session is not run, whatever is approved, and what mends that.
    private static func distrust(_ facts: Facts) -> (reason: String, fix: String)? {
        guard case .session(let name) = facts.claude.subject,
            case .untrusted(let reason, let fix)? = facts.sessions.first(where: { $0.session.name == name })?.command
        else { return nil }
        return (reason, fix)
    }

    private func approve(_ notify: String, _ command: UserCommand, _ approvals: Approvals, _ paths: Paths) throws {
        // One of root's needs nobody's approval.
        if case .approved = command { return say("already approved: \(notify.spelledOut)") }
        say("notify in \(paths.config.printable): \(notify.spelledOut)")
        try Dialogue.confirm("Allow the agent to run it when a sign-in waits for you?", yes: "Approve", isAgreed: yes)
        try approvals.approve(AgentConfig.approval(ofNotify: notify))
        say("approved; to try it: echo test | sh -c \(ShellWords.quoted(notify).spelledOut)")
    }
}
