import Host
import SessionHealth

/// How Claude Code signs in: the form that is in place stays, unless another is asked for or it cannot work.
struct CommandStep {
    let context: SetupContext
    /// What the user's own settings have; nil without one.
    let inPlace: AuthRefresh?
    private(set) var form: AuthRefresh.Form
    /// The person has given the profile to Claude Code alone.
    private(set) var isSeparate = false
    private let profile: ResolvedProfile
    /// Nil if it cannot be used.
    private let aws: AWSCommand?
    private let isApproved: Bool
    /// The AWS CLI would show a page that only a browser on this machine could complete, and there is none.
    private let byCode: Bool

    /// - Parameters:
    ///   - config: the AWS configuration as it will be.
    ///   - aws: nil if there is none that can sign in.
    /// - Throws: a `Failure` where the AWS CLI is to sign in, and cannot.
    init(context: SetupContext, profile: ResolvedProfile, config: AWSConfig, aws: AWSCommand?) throws {
        self.context = context
        self.profile = profile
        self.aws = aws
        byCode =
            SignInPlace(environment: context.environment, asksForCode: false).isDeviceFlow
            && aws?.hasDeviceCodeFlag == true
        let settings = (try? FileContent(of: context.paths.userSettings, limit: SettingsLayer.largest))?.bytes
        let document = settings.flatMap { try? JSONDocument(parsing: $0) }
        let line = document?.string(at: SetupKey.command)
        inPlace = line.flatMap { $0.isEmpty ? nil : AuthRefresh($0) }
        let approved = (try? Approvals(path: context.paths.approvals).commands()) ?? []
        isApproved = line.map(approved.containsSpelled) ?? false
        if context.isSeparate {
            // Claude Code runs it at each start where its shell has no credentials: that is no reason for a tab.
            let usual = AuthRefresh.ifNeeded(AuthRefresh.coalesced(for: profile))
            let isKnown = inPlace.map { $0.callsOnUs || $0.aws?.isSignIn == true } ?? true
            form =
                isKnown
                ? .usual(usual)
                : .replaced(usual, why: "Claude Code would run it whenever its shell has no credentials of its own")
            return
        }
        let asked = context.flags.coalesce
        let isLocked = context.own.config.isLocked(.coalesce)
        // Where config.json merely gives it, what works comes first.
        let usesAWS = asked == false && (context.given.coalesce == nil || isLocked)
        if usesAWS, aws == nil {
            let who = context.own.config.lockPlace(of: .coalesce) ?? "--no-coalesce"
            throw Failure("the AWS CLI is to sign in (\(who)), and there is none that can: install it")
        }
        guard let inPlace, asked.map({ $0 == inPlace.callsOnUs }) ?? true else {
            let isOurs = asked == true || !usesAWS && (byCode || aws == nil)
            form = .usual(
                isOurs ? AuthRefresh.coalesced(for: profile) : AuthRefresh.signIn(to: profile, byCode: byCode))
            return
        }
        let setsSearchPath = document?.node(at: [ClaudeKey.env, "PATH"]) != nil
        let missing = Programs.firstMissing(
            of: inPlace.programs, knowsPath: !setsSearchPath, home: context.paths.home, context.environment)
        form = inPlace.form(
            for: profile, keepsProfile: context.currentProfile == profile.name, in: config, isApproved: isApproved,
            missing: missing, byCode: byCode && !usesAWS, hasAWS: aws != nil)
    }

    /// The same after asking, where there is somebody, a choice, and none made yet.
    func asked() throws -> CommandStep {
        guard let dialogue = context.dialogue, inPlace == nil, context.flags.coalesce == nil,
            case .usual(let line) = form,
            !AuthRefresh(line).callsOnUs
        else { return self }
        var step = self
        let own = AuthRefresh.coalesced(for: profile)
        let alone = AuthRefresh.ifNeeded(own)
        var choices = [
            Dialogue.Choice(own, own, "recommended: one browser tab for all its sessions"),
            Dialogue.Choice(line, line, "the AWS CLI's own: at times more than one tab"),
        ]
        if context.flags.separate == nil, !context.own.config.isLocked(.separate), profile.canBeSeparate {
            choices.append(
                Dialogue.Choice(
                    alone, "the first, for Claude Code alone", "what it runs in its shell keeps your own profile"))
        }
        let answer = try dialogue.choose("How should Claude Code sign in?", choices)
        step.form = .usual(answer)
        step.isSeparate = answer == alone
        return step
    }

    /// Says what Claude Code alone has.
    func tellSeparate() {
        context.tell(
            "credentials",
            "of \(profile.name), for Claude Code alone: its shell has no \(AWSVariable.profile) from here")
    }

    /// Says what became of the one in place.
    /// - Returns: whether this setup approves it. One that is somebody else's idea of a sign-in is to be approved by
    ///   itself.
    func tell() -> Bool {
        let isOurs = AuthRefresh(form.line).programs.contains("bedrock-agent")
        if isOurs, Programs.inPath("bedrock-agent", context.environment) == nil {
            context.warn("bedrock-agent is not in PATH, so Claude Code cannot run it: add its folder to PATH")
        }
        switch form {
        case .usual(let line):
            if byCode, AuthRefresh(line).callsOnUs {
                context.tell("command", "\(line) (without a display here: it shows a code for a browser anywhere)")
            } else if AuthRefresh(line).callsOnUs {
                context.tell("command", "\(line) (one browser tab for all sessions)")
            } else if byCode, !line.hasSuffix(AWSCommandLine.deviceCode) {
                context.warn(
                    "\(line) stays, but only a browser on this machine can complete its page: bedrock-agent setup"
                        + " --coalesce writes what shows a code")
            } else if !AuthRefresh(line).callsOnUs {
                let advice = context.flags.coalesce == false ? "" : "; setup --coalesce keeps to one"
                context.tell("command", "\(line) (\(AuthRefresh.moreTabs)\(advice))")
            }
            return true
        case .replaced(let line, let why):
            context.warn("awsAuthRefresh was \(inPlace?.line ?? ""), but \(why)")
            context.tell("command", line)
            return true
        case .kept(let line):
            context.tell("command", "awsAuthRefresh stays as it is: \(line)")
            if isApproved || isSafe { return true }
            context.warn("the agent does not run it until you approve it: bedrock-agent approve")
            return false
        }
    }

    /// The same as what setup writes by itself, in other words.
    private var isSafe: Bool {
        guard let inPlace else { return false }
        guard let command = inPlace.aws, command.isPlainSignIn else { return inPlace.callsOnUs }
        if command.program == "aws" { return true }
        guard let aws, let path = Folder.real(command.program), let other = Folder.real(aws.path) else { return false }
        return path.utf8.elementsEqual(other.utf8)
    }
}

extension ResolvedProfile {
    /// Whether Claude Code alone can have it: nobody's code is asked for on the way to its credentials, and one role at
    /// most is assumed.
    var canBeSeparate: Bool { chain.count == 1 || assumedRole.map { $0.mfa == nil } == true }
}
