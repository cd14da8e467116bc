import ArgumentParser
import FoundationEssentials
import Glibc
import Host
import SessionHealth

struct Setup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make Claude Code use Bedrock with a profile, and let the agent keep its session.",
        discussion: """
            Merges five keys into Claude Code's user settings and leaves every other byte as it is; signs in where that \
            is needed; enables the user service. Running it again repairs what changed.
            """)

    @Option(help: "The profile in ~/.aws/config that Claude Code will use.")
    var profile: String?

    @Option(help: "The region in which Bedrock is used, such as us-west-2.")
    var region: String?

    @Option(help: "The inference profile id of the model, such as global.anthropic.claude-opus-4-8.")
    var model: String?

    @Flag(help: "Apply without asking. What is missing is an error.")
    var yes = false

    @Flag(help: "Show what would change, and change nothing.")
    var dryRun = false

    @Flag(name: .customLong("no-login"), help: "Do not sign in.")
    var noLogin = false

    @Flag(name: .customLong("no-enable"), help: "Do not enable the user service.")
    var noEnable = false

    @Flag(help: "Bring back what other programs have lost of the settings since, from copies of them.")
    var repair = false

    func run() throws {
        if repair { return try Repair(yes: yes, isDryRun: dryRun).run() }
        let environment = ProcessInfo.processInfo.environment
        let paths = Paths(environment: environment)
        let reader = FactsReader(paths: paths, environment: environment)
        reader.readAll(at: EventLoop.now())
        let aws = try AWSCommand.find(environment)
        say("AWS CLI      \(aws.version) (\(aws.path))")

        let choice = try choose(reader)
        let resolved = try resolve(choice.profile, reader)
        let command = AuthRefresh.signIn(to: resolved)
        say("profile      \(resolved.name) → \(resolved.session.name) (\(resolved.session.kind.rawValue))")
        if resolved.session.kind == .legacy {
            say("             warning: a legacy profile; its session ends after 8 hours and cannot be refreshed")
        }

        let file = SettingsFile(paths.userSettings, stateFolder: paths.stateFolder)
        let edit: ([UInt8]?) throws -> SettingsEdit = { bytes in
            try SettingsEdit(
                of: bytes, path: paths.userSettings, profile: resolved.name, region: choice.region,
                model: choice.model, command: command)
        }
        let changes = try edit(file.read()?.bytes).changes
        show(changes, in: paths.userSettings)
        if dryRun { return say("dry run: nothing was written") }
        if !changes.isEmpty, !yes {
            guard try confirm("Apply?") else { throw Failure("nothing was changed") }
        }
        if !noLogin { try signIn(resolved, reader, aws) }
        let backup = try apply(edit, to: file, command, paths)
        if !noEnable { try enable() }
        close(changes, backup, paths.userSettings)
    }

    private struct Choice {
        var profile: String
        var region: String
        var model: String
    }

    /// The flags, else what is set already.
    private func choose(_ reader: FactsReader) throws -> Choice {
        let claude = reader.facts.claude
        func need(_ value: String?, _ flag: String, _ what: String) throws -> String {
            guard let value, !value.isEmpty else { throw Failure("\(what) is not known: give \(flag)") }
            return value
        }
        return Choice(
            profile: try need(profile ?? (claude.usesBedrock ? claude.profile : nil), "--profile", "the profile"),
            region: try need(region ?? claude.region, "--region", "the Bedrock region"),
            model: try need(model ?? claude.model, "--model", "the model"))
    }

    private func resolve(_ name: String, _ reader: FactsReader) throws -> ResolvedProfile {
        do {
            return try reader.resolve(name)
        } catch let error as AWSConfigError {
            throw Failure("\(error). \(error.fix)")
        } catch let error as INIError {
            throw Failure("\(error). \(error.fix)")
        }
    }

    private func show(_ changes: [SettingsEdit.Change], in path: String) {
        guard !changes.isEmpty else { return say("settings     \(path): nothing to change") }
        say("settings     \(path)")
        for change in changes {
            let key = change.path.joined(separator: ".")
            if let old = change.old { say("  - \(key) = \(old)") }
            if let new = change.new { say("  + \(key) = \(new)") }
        }
    }

    /// Signs in on this terminal, unless the session works as it is.
    private func signIn(_ profile: ResolvedProfile, _ reader: FactsReader, _ aws: AWSCommand) throws {
        let token = reader.token(of: profile.session, at: EventLoop.now())
        if let clocks = token.clocks, clocks.expiresAt > Date.now || clocks.isRefreshable(at: Date.now) { return }
        say("sign-in      aws sso login \(profile.signInArguments.joined(separator: " "))")
        let status = try Terminal.run([aws.path, "sso", "login"] + profile.signInArguments)
        guard status == 0 else {
            throw Failure("aws sso login ended with status \(status); nothing was changed. --no-login leaves it out")
        }
    }

    private func apply(
        _ edit: @escaping ([UInt8]?) throws -> SettingsEdit, to file: SettingsFile, _ command: String, _ paths: Paths
    ) throws -> String? {
        try Folder.makePrivate(paths.stateFolder)
        var changes: [SettingsEdit.Change] = []
        let outcome = try file.replace(at: Date.now) { bytes in
            let made = try edit(bytes)
            changes = made.changes
            return made.bytes
        }
        try SetupRecord(path: paths.setupRecord).add(changes, of: outcome.target)
        try Approvals(path: paths.approvals).approve(command)
        try? GoodSettings(of: outcome.target, stateFolder: paths.stateFolder).keep()
        return outcome.backup
    }

    private func enable() throws {
        let problem: String
        do {
            let status = try Terminal.run(["systemctl", "--user", "enable", "--now", "bedrock-agent"])
            if status == 0 { return }
            problem = "systemctl ended with status \(status)"
        } catch {
            problem = "\(error)"
        }
        throw Failure(
            "the settings are in place, but the service was not enabled (\(problem)): "
                + "systemctl --user enable --now bedrock-agent, or run bedrock-agent daemon yourself")
    }

    private func close(_ changes: [SettingsEdit.Change], _ backup: String?, _ settings: String) {
        guard !changes.isEmpty else { return say("all is set; nothing was changed") }
        let undo = backup.map { "cp '\($0)' '\(settings)'" } ?? "rm '\(settings)'"
        say(
            """

            RESTART REQUIRED: Claude Code sessions that are open keep their old settings; close and reopen them.
            How the session is: bedrock-agent status
            To undo:            \(undo)
            """)
    }
}
