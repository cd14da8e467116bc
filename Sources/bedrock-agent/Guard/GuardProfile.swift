import FoundationEssentials
import Host
import SessionHealth

/// `setup --guard`: has the session of a profile kept that other programs use. Claude Code's settings stay as they are.
struct GuardProfile {
    let name: String
    let flags: SetupFlags
    private let clock = Stopwatch()
    private let shell: [String: String]
    /// The usual folder of Claude Code's: the daemon looks for these profiles where that one's AWS files are.
    private let folder: ClaudeFolder
    private var paths: Paths { folder.paths }
    private let style = Style(for: 1)

    init(_ name: String, _ flags: SetupFlags) {
        self.name = name
        self.flags = flags
        var shell = ProcessInfo.processInfo.environment
        shell[ClaudeVariable.configFolder] = nil
        self.shell = shell
        folder = ClaudeFolder(own: shell)
    }

    func run() throws {
        let profile = try guardable()
        let own = SoundConfig.read(paths).0.config
        if own.managed.profiles.containsSpelled(name) {
            return say("\(name) is guarded already: \(paths.managedConfig) names it".printable)
        }
        if let lock = own.lock(of: .profiles) {
            throw Failure("\(lock.path), line \(lock.line), locks profiles: ask whoever manages that file")
        }
        let before = try FileContent(of: paths.config, limit: SettingsLayer.largest)?.bytes
        let edit = try edit(before)
        let exported = KeptEnvironment(paths).change(to: shell)
        let isNew = edit.bytes != before ?? []
        tell("profile", "\(profile.steps.joined(separator: " → ")) (\(profile.session.kind.rawValue))")
        if isNew {
            say("")
            showDiff(of: paths.config, from: before, to: edit.bytes)
            say("")
        } else {
            tell("", "already guarded: \(paths.config) names it")
        }
        if let exported, !exported.isEmpty {
            let names = exported.keys.sorted().joined(separator: ", ")
            tell("also", "kept for the daemon as this shell exports them: \(names)")
        }
        guard !flags.dryRun else { return say("dry run: nothing was written") }
        FileEdits(paths).sweep()
        if isNew || exported != nil { try Dialogue.confirm("Apply?", yes: "Apply", isAgreed: flags.yes) }
        if let exported { try KeptEnvironment(paths).keep(exported) }
        if isNew { try write() }
        let problem = flags.noEnable || !UserManager.runs(paths) ? nil : UserService.enable(paths)
        close(profile, isChanged: isNew || exported != nil)
        if let problem {
            throw Failure(
                "the service was not enabled (\(problem)): systemctl --user enable --now bedrock-agent, or run"
                    + " bedrock-agent daemon by hand")
        }
        if !flags.noEnable, let advice = UserService.advice(paths, shell) { say("\n" + advice) }
    }

    /// What a profile leads to, and the command for a person to sign in.
    private struct Guardable {
        var steps: [String]
        var session: SSOSession
        var signIn: String
    }

    /// - Throws: why there is no session to guard, with the nearest profile that has one.
    private func guardable() throws -> Guardable {
        let environment = ClaudeEnvironment(folder).merged
        let config: AWSConfig
        do {
            config = try AWSFiles(environment: environment, home: paths.home).config()
        } catch let error as INIError {
            throw Failure("\(error). \(error.fix)")
        }
        do {
            switch try config.resolve(name) {
            case .sso(let profile):
                return Guardable(
                    steps: profile.chain + [profile.session.name], session: profile.session,
                    signIn: AuthRefresh.login(as: name))
            case .unguarded(let why):
                guard let login = LoginProfile(why, of: name, config, paths.places, environment) else {
                    throw Failure("\(why), so there is no session to guard. \(others(in: config))")
                }
                return Guardable(
                    steps: login.profiles.reversed() + [login.session.name], session: login.session,
                    signIn: login.command)
            }
        } catch let error as AWSConfigError {
            throw Failure("\(error). \(error.fix)")
        }
    }

    private func others(in config: AWSConfig) -> String {
        let names = config.profileNames.filter {
            guard case .sso? = try? config.resolve($0) else { return false }
            return true
        }
        guard !names.isEmpty else { return "No profile has one; to create one: bedrock-agent setup" }
        if let near = NearestName.suggestions(for: name, among: names).first { return "Did you mean \"\(near)\"?" }
        return "These have one: \(names.joined(separator: ", "))"
    }

    /// - Throws: what is wrong with the file.
    private func edit(_ bytes: [UInt8]?) throws -> OwnListEdit {
        if let bytes, !bytes.allSatisfy({ "\t\n\r ".utf8.contains($0) }) {
            do {
                _ = try AgentConfig(parsing: bytes)
            } catch {
                throw Failure("\(paths.config): \(error). Nothing was changed. Correct it, then run this again")
            }
        }
        return try OwnListEdit(.profiles, of: bytes, path: paths.config, name: name, isGuarded: true)
    }

    private func write() throws {
        let outcome = try FileEdits(paths).apply(
            to: paths.config, limit: SettingsLayer.largest, at: clock.now.wall, edit
        ).outcome
        let backup = outcome.backup.map { " (what was there: \($0.printable))" } ?? ""
        say("\(style("✓", .green)) wrote \(paths.config.printable)\(backup)")
    }

    private func close(_ profile: Guardable, isChanged: Bool) {
        guard isChanged else { return say("Everything is already set up; nothing was changed.") }
        let reader = FactsOnDisk(environment: shell, at: clock.start)
        let quoted = ShellWords.quoted(name.printable)
        if !reader.hasGoodToken(profile.session, at: clock.now) {
            say("Sign in:           \(profile.signIn.printable)")
        }
        say(
            """
            Let a program use it: \(AWSVariable.profile)=\(quoted)
            Check the session: bedrock-agent status
            Undo:              bedrock-agent reset --guard \(quoted)
            """)
    }

    private func tell(_ label: String, _ text: String) {
        say("\(style(Columns.pad(label, to: 12), .dim)) \(Columns.wrap(text.printable, indent: 13))")
    }
}
