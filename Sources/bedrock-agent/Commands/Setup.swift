import ArgumentParser
import FoundationEssentials
import Glibc
import Host
import SessionHealth

struct Setup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Set Claude Code up to use Bedrock with a profile, and let the agent keep its session alive.",
        discussion: """
            On a terminal it asks for whatever neither a flag nor config.json answers: the profile, or the start URL of a \
            new one, the region and the model. Esc goes back. It shows all changes before making any; until then Ctrl-C \
            leaves everything as it was. Five keys are merged into Claude Code's user settings; every other byte stays \
            the same. Run it again to restore what changed: what it is not told to change stays; bedrock-agent reset \
            undoes it.
            """)

    @OptionGroup var flags: SetupFlags

    @Flag(help: "Restore settings that other programs have since lost or damaged, from copies of them.")
    var repair = false

    func validate() throws {
        let others = [flags.profile, flags.region, flags.model, flags.startURL].contains { $0 != nil }
        if repair, others || flags.json {
            throw ValidationError("--repair can only be combined with --yes and --dry-run")
        }
        let more =
            flags.json || flags.deviceCode || flags.force
            || [flags.coalesce, flags.statusLine, flags.hooks, flags.separate].contains { $0 != nil }
        if flags.guarded != nil, others || repair || more {
            throw ValidationError("--guard can only be combined with --yes, --dry-run and --no-enable")
        }
    }

    func run() throws {
        if let guarded = flags.guarded { return try GuardProfile(guarded, flags).run() }
        if repair { return try Repair(yes: flags.yes, isDryRun: flags.dryRun).run() }
        let output = flags.json ? OutputForPrograms() : nil
        ProcessPrivacy.hideMemory()
        var context = SetupContext(flags)
        try GivenSetup(context).fill(&context)
        try context.flags.refuseHalfAProfile()
        try context.refuseTwoSignIns()
        if let fixed = try FixedSettings(context).flags { context.flags = fixed }
        if !flags.yes, !flags.dryRun, isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 0 {
            throw Failure(
                "standard output is not a terminal, so nothing can be asked: run it without the pipe, or pass --yes with"
                    + " --profile, --region and --model")
        }
        let signIn = SignInStep(context)
        let apply: SetupApply
        do {
            apply = try decided(context, signIn)
        } catch {
            signIn.takeBack()
            if error is ExitCode { throw Cancelled() }
            throw error
        }
        var report = apply.report(signedIn: signIn.signedIn)
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

    /// What the person wants; they may go back from each question, and from the summary.
    private func decided(_ context: SetupContext, _ signIn: SignInStep) throws -> SetupApply {
        let walk = SetupWalk(context: context, signIn: signIn, aws: Remembered())
        while true {
            do {
                let plan = try walk.plan()
                if let objection = context.own.config.objection(to: plan.choice) { throw Failure(objection) }
                let apply = try SetupApply(plan, context)
                try confirm(apply, context)
                signIn.takeBack(except: apply.session)
                return apply
            } catch let back as GoBack {
                guard let dialogue = context.dialogue else { throw back }
                dialogue.answers.goBack(back)
            } catch let failure as Failure {
                // What was answered is not thrown away.
                guard let dialogue = context.dialogue, dialogue.answers.canGoBack else { throw failure }
                context.warn("\(failure)")
                try askWhatNow(dialogue)
            }
        }
    }

    private enum WhatNow {
        case again, back, cancel
    }

    private func askWhatNow(_ dialogue: Dialogue) throws {
        do {
            let answer = try dialogue.choose(
                "What now?", [.init(WhatNow.again, "Try again"), .init(.back, "Go back"), .init(.cancel, "Cancel")],
                isStep: false)
            switch answer {
            case .again: dialogue.answers.begin()
            case .back: dialogue.answers.goBack(GoBack())
            case .cancel: throw Cancelled()
            }
        } catch let back as GoBack {
            dialogue.answers.goBack(back)
        }
    }

    private enum Answer {
        case apply, goBack, leave
    }

    private func confirm(_ apply: SetupApply, _ context: SetupContext) throws {
        apply.showChanges()
        guard !flags.dryRun, !flags.yes, apply.changesSomething else { return }
        guard let dialogue = context.dialogue else {
            throw Dialogue.noTerminal
        }
        Keyboard.forgetTyped()
        let back: [Dialogue.Choice<Answer>] = dialogue.answers.canGoBack ? [.init(.goBack, "Go back")] : []
        let answer = try dialogue.choose(
            "Apply?", [.init(.apply, "Apply")] + back + [.init(.leave, Dialogue.leaveAsIs)], isStep: false,
            preamble: apply.showChanges)
        switch answer {
        case .apply: return
        case .goBack: throw GoBack()
        case .leave: throw Cancelled()
        }
    }

    private func close(_ report: SetupReport, _ context: SetupContext) throws {
        if report.changed {
            say("")
            for file in report.files where file.changed {
                let backup = file.backup.map { " (what was there: \($0.printable))" } ?? ""
                say("\(context.style("✓", .green)) wrote \(file.path.printable)\(backup)")
            }
            report.summary.forEach(context.tell)
            let restart = "RESTART REQUIRED: close and reopen all open Claude Code sessions"
            say(
                """

                \(context.style(restart, .bold))
                Check the session: bedrock-agent status
                Another profile:   bedrock-agent use PROFILE
                Change something:  bedrock-agent setup
                Undo:              \(report.undo)
                """)
        } else if report.problem == nil {
            say("Everything is already set up; nothing was changed.")
        }
        if let problem = report.problem {
            throw Failure(
                "\(report.changed ? "the settings are written, but " : "")the service was not enabled (\(problem)): "
                    + "systemctl --user enable --now bedrock-agent, or run bedrock-agent daemon by hand")
        }
        if report.service != .leftAlone, let advice = UserService.advice(context.paths, context.shell) {
            say((report.changed ? "\n" : "") + advice)
        }
    }
}
