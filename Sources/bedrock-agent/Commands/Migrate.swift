import ArgumentParser
import FoundationEssentials
import Host
import SessionHealth

struct Migrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Convert a legacy profile to an sso-session, which can be refreshed.",
        discussion: """
            Moves the start URL from the profile to an sso-session with the scope sso:account:access, which profiles \
            with the same start URL share, and signs in. Every other byte of ~/.aws/config stays the same; \
            bedrock-agent reset undoes it.
            """)

    @Option(
        help: "The profile to convert; by default the one that Claude Code uses.",
        completion: Completions.ofProfiles)
    var profile: String?

    @Flag(help: "Apply without asking.")
    var yes = false

    @Flag(name: .customLong("no-login"), help: "Do not sign in.")
    var noLogin = false

    func run() throws {
        let now = EventLoop.now()
        let shell = ProcessInfo.processInfo.environment
        let paths = Paths(environment: shell)
        let environment = ClaudeEnvironment(ClaudeFolder(own: shell)).merged
        FileEdits(paths).sweep()
        let name = try profile ?? Migrate.claudesProfile(environment, at: now)
        let files = AWSFiles(environment: environment, home: paths.home).paths
        let config = SharedFile(files[0], limit: AWSFiles.limit, stateFolder: paths.stateFolder)
        let credentials = try ConfigFile(reading: files[1])
        let own = SoundConfig.read(paths).0.config
        let edit: ([UInt8]?) throws -> ConfigEdit = { bytes in
            let config = ConfigFile(path: files[0], bytes: bytes)
            return try ConfigEdit(
                of: config, credentials: credentials, migrating: name,
                sessionName: (try? AWSConfig(config: config, credentials: credentials).resolve(name))
                    .flatMap(own.lockedSession))
        }

        let before = try config.read()?.bytes
        let wanted = try edit(before)
        guard !wanted.changes.isEmpty else {
            let session = wanted.session.printable
            return say("\(name.printable) already uses \(session), which can be refreshed: nothing to change")
        }
        showDiff(of: files[0], from: before, to: wanted.bytes)
        try Dialogue.confirm("Apply?", yes: "Apply", isAgreed: yes)
        let made = try FileEdits(paths).apply(to: files[0], limit: AWSFiles.limit, at: now.wall, edit)
        say("\(name.printable) now signs in to the sso-session \(made.edit.session.printable)")
        if let backup = made.outcome.backup { say(Columns.wrap("backup: \(backup.printable)", indent: 0)) }
        if !noLogin { try signIn(name, environment, at: now) }
    }

    private static func claudesProfile(_ environment: [String: String], at now: Moment) throws -> String {
        let reader = FactsOnDisk(environment: environment, at: now)
        reader.readConfiguration(at: now)
        guard reader.facts.claude.usesBedrock, let name = reader.facts.claude.profile else {
            throw Failure("Claude Code's settings name no profile: pass --profile")
        }
        return name
    }

    /// Signs in: the new session has no token yet.
    private func signIn(_ name: String, _ environment: [String: String], at now: Moment) throws {
        let resolved = try FactsOnDisk(environment: environment, at: now).resolve(name)
        do {
            let signIn = SignIn(to: resolved.session, profile: resolved)
            try signIn.run()
            say("signed in to \(resolved.session.name.printable)")
        } catch let failure as Failure {
            throw Failure(
                "the profile is migrated, but \(failure); to sign in: bedrock-agent login --profile \(ShellWords.quoted(name))"
            )
        }
    }
}
