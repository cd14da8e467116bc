import ArgumentParser
import FoundationEssentials
import Glibc
import Host
import SessionHealth

struct Setup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make Claude Code use Bedrock with a profile, and let the agent keep its session.",
        discussion: """
            On a terminal it asks for what no flag says: the profile, or the start URL of a new one, the region, the \
            model. It shows every change before it makes one; until then Esc or Ctrl-C leaves everything as it was. Of \
            Claude Code's user settings five keys are merged, every other byte stays. Running it again sets \
            what changed anew; bedrock-agent reset takes it back.
            """)

    @OptionGroup var flags: SetupFlags

    @Flag(help: "Bring back what other programs have lost of the settings since, from copies of them.")
    var repair = false

    func validate() throws {
        let others = [flags.profile, flags.region, flags.model, flags.startURL].contains { $0 != nil }
        if repair, others || flags.json { throw ValidationError("--repair goes with --yes and --dry-run only") }
    }

    func run() throws {
        if repair { return try Repair(yes: flags.yes, isDryRun: flags.dryRun).run() }
        let output = flags.json ? JSONOutput() : nil
        ProcessPrivacy.hideMemory()
        let context = SetupContext(flags)
        let signIn = SignInStep(context)
        let apply: SetupApply
        do {
            let plan = try SetupWalk(context: context, signIn: signIn).plan()
            apply = try SetupApply(plan, context)
            try confirm(apply, context)
        } catch {
            signIn.takeBack()
            if error is Cancelled || error is ExitCode {
                say("everything is as it was")
                throw ExitCode(Cancelled.exitStatus)
            }
            throw error
        }
        var report = apply.report(hasSignedIn: signIn.hasSignedIn)
        guard !flags.dryRun else {
            signIn.takeBack()
            say("dry run: nothing was written")
            output?.write(report)
            return
        }
        report = try apply.run(report)
        output?.write(report)
        try close(report, context)
    }

    private func confirm(_ apply: SetupApply, _ context: SetupContext) throws {
        apply.showChanges()
        guard !flags.dryRun, !flags.yes, apply.changesSomething else { return }
        guard let dialogue = context.dialogue else {
            throw Failure("there is nobody to ask: --yes applies this without asking")
        }
        guard try dialogue.confirm("Apply?", yes: "Apply", no: "Leave everything as it is") else { throw Cancelled() }
    }

    private func close(_ report: SetupReport, _ context: SetupContext) throws {
        if let problem = report.problem {
            throw Failure(
                "the settings are in place, but the service was not enabled (\(problem)): "
                    + "systemctl --user enable --now bedrock-agent, or run bedrock-agent daemon yourself")
        }
        guard report.changed else { return say("all is set; nothing was changed") }
        let restart = "RESTART REQUIRED: close and reopen the Claude Code sessions that are open"
        say(
            """

            \(context.style(restart, .bold))
            How the session is: bedrock-agent status
            To undo:            \(report.undo)
            """)
    }
}
