import ArgumentParser
import FoundationEssentials
import Host
import SessionHealth

struct Login: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sign in, or join a sign-in that is already under way.",
        discussion: """
            However many run at once, there is one sign-in: the daemon runs it, or one of them if there is no daemon. \
            Each shows where to sign in and the code, finishes within 165 s, and exits with 0 only if the session works. \
            A sign-in that finishes while this command waits counts; when Claude Code runs it, one that finished in the \
            last 30 s counts too.

            Without a display, over SSH, or with --device-code, you can sign in on any device: a QR code is shown.
            """)

    @Option(
        help: "The profile to sign in with; by default the one that Claude Code uses.",
        completion: Completions.ofProfiles)
    var profile: String?

    @Flag(help: "Do not open a browser: show a code and a QR code to sign in on another device.")
    var deviceCode = false

    @Flag(name: .customLong("if-needed"), help: "Do nothing while the session works.")
    var ifNeeded = false

    @Flag(name: .customLong("with-aws-cli"), help: "Let the AWS CLI sign in: aws sso login.")
    var withAWSCLI = false

    func run() throws {
        let watch = Stopwatch()
        let now = watch.start
        let environment = ProcessInfo.processInfo.environment
        let reader = FactsOnDisk(environment: environment, at: now)
        reader.readConfiguration(at: now)
        let resolved = try Login.resolve(profile, reader)
        let signIn = SignIn(
            to: resolved.session, with: withAWSCLI ? .awsCLI(resolved.signInArguments) : .own, asksForCode: deviceCode,
            deviceCommand: withAWSCLI ? nil : "bedrock-agent login --device-code", profile: resolved,
            countsRecent: true,
            isIfNeeded: ifNeeded)
        try signIn.run()
        say(
            "signed in to \(resolved.session.name.printable)\(Login.ending(of: resolved.session, reader, at: watch.now))"
        )
    }

    /// What becomes of the token, where that is known.
    private static func ending(of session: SSOSession, _ reader: FactsOnDisk, at now: Moment) -> String {
        guard let clocks = reader.token(of: session, at: now).clocks else { return "" }
        let end = LocalTime.text(clocks.expiresAt, now: now.wall)
        return clocks.isRefreshable(at: now.wall)
            ? ": valid until \(end), can be refreshed" : " until \(end)"
    }

    /// - Throws: a `Failure` with what to do.
    static func resolve(_ profile: String?, _ reader: FactsOnDisk) throws -> ResolvedProfile {
        do {
            return try reader.resolve(profile)
        } catch  where profile == nil && !reader.facts.claude.usesBedrock {
            throw Failure("\(error). Claude Code is not set up to use Bedrock yet: run bedrock-agent setup")
        } catch let error as AWSConfigError {
            throw Failure("\(error). \(error.fix)")
        }
    }
}
