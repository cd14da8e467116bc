import ArgumentParser
import FoundationEssentials
import Glibc
import Host
import SessionHealth

struct Setup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Set Claude Code up to use Bedrock with a profile, and let the agent keep its session alive.",
        discussion: """
            On a terminal it asks for whatever no flag answers: the profile, or the start URL of a new one, the region \
            and the model. It shows all changes before making any; until then Esc or Ctrl-C leaves everything as it \
            was. Five keys are merged into Claude Code's user settings; every other byte stays the same. Run it again \
            to restore what changed: what it is not told to change stays; bedrock-agent reset undoes it.
            """)

    @OptionGroup var flags: SetupFlags

    @Flag(help: "Restore settings that other programs have since lost or damaged, from copies of them.")
    var repair = false

    func validate() throws {
        let others = [flags.profile, flags.region, flags.model, flags.startURL].contains { $0 != nil }
        if repair, others || flags.json {
            throw ValidationError("--repair can only be combined with --yes and --dry-run")
        }
    }

    func run() throws {
        if repair { return try Repair(yes: flags.yes, isDryRun: flags.dryRun).run() }
        let output = flags.json ? JSONOutput() : nil
        ProcessPrivacy.hideMemory()
        var context = SetupContext(flags)
        if let fixed = try FixedSettings(context).flags { context = SetupContext(fixed) }
        let signIn = SignInStep(context)
        let apply: SetupApply
        do {
            let plan = try SetupWalk(context: context, signIn: signIn).plan()
            apply = try SetupApply(plan, context)
            try confirm(apply, context)
        } catch {
            signIn.takeBack()
            if error is ExitCode { throw Cancelled() }
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
            throw Dialogue.noTerminal
        }
        guard try dialogue.confirm("Apply?", yes: "Apply", no: Dialogue.leaveAsIs) else { throw Cancelled() }
    }

    private func close(_ report: SetupReport, _ context: SetupContext) throws {
        if let problem = report.problem {
            throw Failure(
                "the settings are written, but the service was not enabled (\(problem)): "
                    + "systemctl --user enable --now bedrock-agent, or run bedrock-agent daemon by hand")
        }
        guard report.changed else { return say("Everything is already set up; nothing was changed.") }
        let restart = "RESTART REQUIRED: close and reopen all open Claude Code sessions"
        say(
            """

            \(context.style(restart, .bold))
            Check the session: bedrock-agent status
            Undo:              \(report.undo)
            """)
    }
}
