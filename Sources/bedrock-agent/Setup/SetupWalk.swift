import Host
import SessionHealth

/// The questions of `setup`, in order; each is answered by a flag, by what is already set, or by the person.
/// Nothing is written except the tokens of a sign-in.
struct SetupWalk {
    let context: SetupContext
    let signIn: SignInStep
    /// Looked for once: the person may go back and forth.
    let aws: Remembered<AWSCommand?>

    func plan() throws -> SetupPlan {
        try refuseBadFiles()
        if context.dialogue == nil { try refuseMissingFlags() }
        let aws = try aws.value("", findPrograms)
        var chosen = try ProfileStep(context: context, signIn: signIn).choose()
        let wanted = try region(for: chosen)
        if let profile = chosen.resolved, !context.flags.noLogin, !context.flags.dryRun {
            try signIn.makeSure(of: profile.session, for: profile)
            if chosen.edit != nil {
                chosen.kind = try context.resolve(chosen.name, in: chosen.config(for: wanted, in: context))
            }
        }
        let (region, model) = try ModelStep(context: context, signIn: signIn).choose(for: chosen, in: wanted)
        if region != wanted, chosen.edit != nil {
            chosen.kind = try context.resolve(chosen.name, in: chosen.config(for: region, in: context))
        }
        context.tell("model", model)
        var plan = SetupPlan(chosen: chosen, region: region, model: model)
        plan.isSeparate = context.isSeparate
        if plan.isSeparate {
            guard chosen.resolved?.canBeSeparate == true else {
                let place = context.own.config.lockPlace(of: .separate)
                throw Failure(
                    "\(chosen.name) cannot be given to Claude Code alone: there is no session behind it that needs nobody's"
                        + " code. Pass another --profile"
                        + (place.map { "; \(SetupKeyName.separate.name) is true in \($0)" } ?? ", or --no-separate"))
            }
        }
        plan.showsState = context.flags.statusLine
        plan.hooks = context.flags.hooks
        if let profile = chosen.resolved {
            let step = try CommandStep(
                context: context, profile: profile, config: chosen.config(for: region, in: context), aws: aws
            ).asked()
            plan.isSeparate = plan.isSeparate || step.isSeparate
            if plan.isSeparate { step.tellSeparate() }
            plan.command = step.form.line
            plan.approvesCommand = step.tell()
            if plan.showsState == nil { plan.showsState = try asksForStatusLine(isFirst: step.inPlace == nil) }
            if plan.hooks == nil { plan.hooks = try asksForHooks(isFirst: step.inPlace == nil) }
        }
        return plan
    }

    /// Files that could not be edited in the end are refused before anything is asked.
    private func refuseBadFiles() throws {
        if !context.flags.dryRun, let obstacle = WriteObstacle(to: context.paths.approvals) {
            throw Failure("\(obstacle); setup keeps its records there")
        }
        if !context.folder.isUsual, !context.isFolderGuardedByRoot,
            let lock = context.own.config.lock(of: .claudeFolders)
        {
            throw Failure(
                "\(context.paths.claudeFolder) is not among the folders to guard, and \(lock.path), line \(lock.line),"
                    + " locks claudeFolders: ask whoever manages that file")
        }
        let path = context.paths.userSettings
        let bytes = try FileContent(of: path, limit: SettingsLayer.largest)?.bytes
        _ = try SettingsEdit(of: bytes, path: path, profile: "", region: "", model: "", command: "")
        _ = try context.config()
    }

    /// What nobody can be asked for is named at once, before any sign-in.
    private func refuseMissingFlags() throws {
        let flags = context.flags
        let claude = context.reader.facts.claude
        let needs = [
            ("profile", "--profile", flags.isNew ? "" : flags.profile ?? (claude.usesBedrock ? claude.profile : nil)),
            ("Bedrock region", "--region", flags.region ?? claude.region),
            ("model", "--model", flags.model ?? context.given.models.first ?? claude.model),
        ].filter { $0.2 == nil }
        guard !needs.isEmpty else { return }
        throw Failure(
            "no \(needs.map(\.0).joined(separator: ", no ")) is set: pass \(needs.map(\.1).joined(separator: " and "))")
    }

    /// Claude Code may be installed later, and the AWS CLI is not needed: without it, bedrock-agent signs in. With somebody
    /// there who may install it, looks again after asking.
    private func findPrograms() throws -> AWSCommand? {
        if !context.flags.isSwitch, Programs.inPath("claude", context.environment) == nil {
            context.tell("Claude Code", "not in PATH yet (claude): install it when this is done")
        }
        while true {
            do {
                let aws = try AWSCommand.find(context.environment)
                context.tell("AWS CLI", "\(aws.version) (\(aws.path))")
                return aws
            } catch {
                context.tell("AWS CLI", "\(error.message); bedrock-agent signs in without it")
                guard let dialogue = context.dialogue else { return nil }
                context.tell("", "If you want it for other work: \(error.fix)")
                var choices: [Dialogue.Choice<AWSAnswer>] = [.init(.goOn, "Go on without it")]
                if let install = error.install { choices.append(.init(.install(install), "Install it: \(install)")) }
                choices.append(.init(.lookAgain, "Look again: it is installed now"))
                let answer = try dialogue.choose("Go on without the AWS CLI?", choices, isStep: false)
                if case .goOn = answer { return nil }
                guard case .install(let command) = answer else { continue }
                let status = try ForegroundProgram.run(["/bin/sh", "-c", command])
                if status != 0 { context.warn("that failed with exit status \(status)") }
            }
        }
    }

    private enum AWSAnswer {
        case goOn
        case install(String)
        case lookAgain
    }

    /// Whether Claude Code's status line is to show the session's state from now on. No question where it would not be
    /// shown, or is.
    /// - Returns: nil leaves it as it is.
    private func asksForStatusLine(isFirst: Bool) throws -> Bool? {
        let path = context.paths.userSettings
        guard let dialogue = context.dialogue, !context.flags.isSwitch, WriteObstacle(to: path) == nil else {
            return nil
        }
        var isThere = false
        for layer in context.folder.settingsFiles.layers() {
            guard case .bytes(let bytes) = layer.content, let document = try? JSONDocument(parsing: bytes) else {
                continue
            }
            if document.spelling(at: [ClaudeKey.disableAllHooks]) == "true" { return nil }
            let state = StatusLineSetting.state(in: document)
            // One that is managed would hide it.
            guard state == .none || state == .other && layer.path == path else { return nil }
            isThere = isThere || state == .other
        }
        let answer = try dialogue.choose(
            "Show the session's state in Claude Code's status line?",
            isThere
                ? [.init(true, "Yes", "above what yours shows"), .init(false, "No", "leave it as it is")]
                : [.init(true, "Yes", "such as: work-dev ok"), .init(false, "No")],
            selected: !isThere && isFirst ? 0 : 1)
        if answer { context.tell("status line", "shows the session's state: \(StatusLineSetting.command)") }
        return answer ? true : nil
    }

    /// Whether Claude Code is to say when its user must sign in. No question where it would not be heard, or is.
    /// - Returns: nil leaves it as it is.
    private func asksForHooks(isFirst: Bool) throws -> Bool? {
        let path = context.paths.userSettings
        guard let dialogue = context.dialogue, !context.flags.isSwitch, WriteObstacle(to: path) == nil else {
            return nil
        }
        for layer in context.folder.settingsFiles.layers() {
            guard case .bytes(let bytes) = layer.content, let document = try? JSONDocument(parsing: bytes) else {
                continue
            }
            let isOff = [ClaudeKey.disableAllHooks, ClaudeKey.allowManagedHooksOnly].contains {
                document.spelling(at: [$0]) == "true"
            }
            if isOff || HooksSetting.isThere(in: document) { return nil }
        }
        let answer = try dialogue.choose(
            "Say in Claude Code when to sign in?",
            [.init(true, "Yes", "one sentence at its start, and when credentials fail"), .init(false, "No")],
            selected: isFirst ? 0 : 1)
        if answer { context.tell("Claude Code", "says when you must sign in") }
        return answer ? true : nil
    }

    static let regionQuestion = "Which region do you use Bedrock in?"

    /// The region that is set belongs to the profile that is set: with another profile comes that one's own.
    private func region(for chosen: ChosenProfile) throws -> String {
        if let region = context.flags.region {
            context.tell("region", region)
            return region
        }
        let claude = context.reader.facts.claude
        let isOther = context.currentProfile.map { $0 != chosen.name } ?? false
        let own = isOther ? try context.config().ownRegion(of: chosen.name) : nil
        guard let dialogue = context.dialogue else {
            guard let region = claude.region else { throw Failure("no Bedrock region is set: pass --region") }
            let whose = own == nil || own == region ? "" : " (of profile \(chosen.name); \(region) was set before)"
            context.tell("region", (own ?? region) + whose)
            return own ?? region
        }
        let ofProfile = "the region of profile \(chosen.name)"
        let region = try RegionQuestion(
            dialogue: dialogue, name: "Bedrock region",
            first: [
                (own, ofProfile), (claude.usesBedrock ? claude.region : nil, "currently set"),
                (chosen.resolved?.region, ofProfile), (claude.region, "from your shell"),
                (BedrockRegions.recommended, "recommended: it has the most models"),
            ]
        ).ask(SetupWalk.regionQuestion)
        context.tell("region", region)
        return region
    }
}
