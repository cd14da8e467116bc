import ArgumentParser
import FoundationEssentials
import Host
import SessionHealth

struct Migrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the session of a legacy profile one that can be refreshed.",
        discussion: """
            Moves the start URL from the profile to an sso-session with the scope sso:account:access, which profiles of \
            the same start URL share, and signs in. Every other byte of ~/.aws/config stays; bedrock-agent reset takes \
            it back.
            """)

    @Option(help: "The profile; without it the one that Claude Code uses.")
    var profile: String?

    @Flag(help: "Apply without asking.")
    var yes = false

    @Flag(name: .customLong("no-login"), help: "Do not sign in.")
    var noLogin = false

    func run() throws {
        let now = EventLoop.now()
        let environment = ProcessInfo.processInfo.environment
        let paths = Paths(environment: environment)
        let name = try profile ?? Migrate.claudesProfile(paths, environment, at: now)
        let files = AWSFiles(environment: environment, home: paths.home).paths
        let config = SharedFile(files[0], limit: AWSFiles.limit, stateFolder: paths.stateFolder)
        let credentials = ConfigFile(
            path: files[1], bytes: try FileContent(of: files[1], limit: AWSFiles.limit)?.bytes)
        let edit: ([UInt8]?) throws -> ConfigEdit = { bytes in
            try ConfigEdit(
                of: ConfigFile(path: files[0], bytes: bytes), credentials: credentials, migrating: name)
        }

        let before = try config.read()?.bytes
        let wanted = try edit(before)
        guard !wanted.changes.isEmpty else {
            let session = wanted.session.printable
            return say("\(name.printable) signs in to \(session), which can be refreshed: nothing to change")
        }
        if !noLogin { _ = try AWSCommand.find(environment) }
        showDiff(of: files[0], from: before, to: wanted.bytes)
        guard try yes || confirm("Apply?") else { throw Failure("nothing was changed") }
        let made = try FileEdits(paths).apply(to: files[0], limit: AWSFiles.limit, at: now.wall, edit)
        say("\(name.printable) signs in to the sso-session \(made.edit.session.printable) from now on")
        if let backup = made.outcome.backup { say(Columns.wrap("what was there before: \(backup)", indent: 0)) }
        if !noLogin { try signIn(name, paths, environment, at: now) }
    }

    private static func claudesProfile(
        _ paths: Paths, _ environment: [String: String], at now: Moment
    ) throws -> String {
        let reader = FactsOnDisk(paths: paths, environment: environment, at: now)
        reader.readConfiguration(at: now)
        guard reader.facts.claude.usesBedrock, let name = reader.facts.claude.profile else {
            throw Failure("Claude Code's settings name no profile: give --profile")
        }
        return name
    }

    /// Signs in: the new session has no token yet.
    private func signIn(
        _ name: String, _ paths: Paths, _ environment: [String: String], at now: Moment
    ) throws {
        let resolved = try FactsOnDisk(paths: paths, environment: environment, at: now).resolve(name)
        do {
            let signIn = SignIn(to: resolved.session, arguments: resolved.signInArguments)
            try signIn.run()
            say("signed in to \(resolved.session.name.printable)")
        } catch let failure as Failure {
            throw Failure(
                "the profile is migrated, but \(failure): bedrock-agent login --profile \(ShellWords.quoted(name))")
        }
    }
}
