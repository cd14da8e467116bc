import Host
import SessionHealth

/// Which profile Claude Code will use: one of the files, or a new one.
struct ProfileStep {
    let context: SetupContext
    let signIn: SignInStep

    private enum Answer {
        case existing(String)
        case new
    }

    private static let question = "Which profile should Claude Code use?"

    func choose() throws -> ChosenProfile {
        if context.flags.isNew { return try create() }
        let config = try context.config()
        if let name = context.flags.profile {
            guard config.profileNames.containsSpelled(name) || name != context.own.config.values.setup.profile else {
                return try createGiven(name)
            }
            return try existing(name)
        }
        let claude = context.reader.facts.claude
        let current = claude.usesBedrock ? claude.profile : nil
        guard let dialogue = context.dialogue else {
            guard let current else { throw Failure("no profile is set: pass --profile") }
            return try existing(current)
        }
        let all = config.profileNames
        let own = context.own.config
        let locks = all.map { name in (try? config.resolve(name)).flatMap { own.lock(against: $0.choice(name)) } }
        let names = zip(all, locks).filter { $1 == nil }.map { $0.0 }
        guard !names.isEmpty else {
            context.tell(
                "profile", "\(all.isEmpty ? "no profiles yet" : "none that you may use") in \(context.configPath)")
            tellLocked(all, locks)
            return try create()
        }
        tellLocked(all, locks)
        let choices =
            names.map { Dialogue.Choice(Answer.existing($0), cells: ChosenProfile.cells($0, in: config)) }
            + [Dialogue.Choice(Answer.new, "A new profile, from a start URL")]
        let best = current.flatMap(names.firstIndex) ?? names.firstIndex { isRefreshable($0, in: config) } ?? 0
        while true {
            switch try dialogue.choose(ProfileStep.question, choices, selected: best) {
            case .new: return try create()
            case .existing(let name):
                do {
                    return try existing(name)
                } catch let failure as Failure {
                    context.warn("\(failure)")
                    dialogue.answers.forget(from: ProfileStep.question)
                }
            }
        }
    }

    private func isRefreshable(_ name: String, in config: AWSConfig) -> Bool {
        guard case .sso(let profile)? = try? config.resolve(name) else { return false }
        return profile.session.hasAccountScope
    }

    /// Which profiles are not offered, by the lock that forbids them.
    private func tellLocked(_ names: [String], _ locks: [String?]) {
        var told: [String] = []
        for case let lock? in locks where !told.contains(lock) {
            told.append(lock)
            let forbidden = zip(names, locks).filter { $1 == lock }.map { $0.0 }
            context.tell("", "not offered: \(forbidden.joined(separator: ", ")): \(lock)")
        }
    }

    private func existing(_ name: String) throws -> ChosenProfile {
        let kind = try context.resolve(name, in: context.config())
        let own = context.own.config
        let choice = kind.choice(name)
        if let objection = own.objection(to: choice) {
            if let session = own.lockedSession(of: kind),
                own.objection(to: choice.merging([.ssoSession: session]) { $1 }) == nil
            {
                return try migrated(ChosenProfile(name: name, kind: kind))
            }
            let isOnlyOne = own.isLocked(.profile) && own.values.setup.profile == name
            throw Failure(
                "profile \(name): \(objection)" + (isOnlyOne ? ": rename it in \(context.configPath)" : ""))
        }
        context.tell("profile", ChosenProfile.words(name, kind))
        let chosen = ChosenProfile(name: name, kind: kind)
        guard let profile = chosen.resolved else {
            context.warn(
                "it does not use an Identity Center session, so there is nothing to refresh; Claude Code will use it as it is"
            )
            return chosen
        }
        guard !profile.session.hasAccountScope else { return chosen }
        let isLegacy = profile.session.kind == .legacy
        context.warn(
            isLegacy
                ? "warning: a legacy profile; its session expires after 8 hours and cannot be refreshed"
                : "warning: its session lacks the scope \(SSOSession.accountScope), so it cannot be refreshed")
        guard let dialogue = context.dialogue else {
            context.warn("to fix that: bedrock-agent migrate --profile \(ShellWords.quoted(name))")
            return chosen
        }
        let question = isLegacy ? "Convert it to an sso-session?" : "Add the scope?"
        guard try dialogue.confirm(question, yes: "Yes, so that it can be refreshed", no: "No, leave it as it is")
        else { return chosen }
        return try migrated(chosen)
    }

    private func migrated(_ chosen: ChosenProfile) throws -> ChosenProfile {
        try refuseIfReadOnly()
        let session = context.own.config.lockedSession(of: chosen.kind)
        return try with(chosen.name) { config, credentials, _ in
            try ConfigEdit(
                of: config, credentials: credentials, migrating: chosen.name,
                sessionName: session)
        }
    }

    /// Before anything is asked that would have to be written there.
    private func refuseIfReadOnly() throws {
        guard !context.flags.dryRun, let obstacle = WriteObstacle(to: context.configPath) else { return }
        throw Failure("\(obstacle). The profile would be written there")
    }

    /// One that `config.json` names, and does not describe.
    private func createGiven(_ name: String) throws -> ChosenProfile {
        guard context.dialogue != nil else {
            let path = context.own.config.setting(.profile)?.path ?? ""
            throw Failure(
                "no profile \(name): pass --sso-start-url to create it, or ask whoever manages \(path)"
            )
        }
        return try create()
    }

    private func create() throws -> ChosenProfile {
        try refuseIfReadOnly()
        let profile = try NewProfileStep(context: context, signIn: signIn).make()
        return try with(profile.name) { [signIn] config, credentials, region in
            var profile = profile
            profile.region = region
            profile.ssoRegion = signIn.regions[profile.session] ?? profile.ssoRegion
            return try ConfigEdit(of: config, credentials: credentials, adding: profile)
        }
    }

    /// The profile as an edit of the config file makes it.
    private func with(
        _ name: String, _ edit: @escaping (ConfigFile, ConfigFile, _ region: String?) throws -> ConfigEdit
    ) throws -> ChosenProfile {
        let context = context
        let files = try context.awsFiles()
        let edited = ConfigFile(path: files.config.path, bytes: try edit(files.config, files.credentials, nil).bytes)
        let kind = try context.resolve(name, in: AWSConfig(config: edited, credentials: files.credentials))
        context.tell("profile", ChosenProfile.words(name, kind))
        return ChosenProfile(name: name, kind: kind) { bytes, region in
            let files = try context.awsFiles(config: bytes ?? [])
            return try edit(files.config, files.credentials, region)
        }
    }
}
