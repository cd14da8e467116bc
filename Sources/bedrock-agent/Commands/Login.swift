import ArgumentParser
import FoundationEssentials
import Host
import SessionHealth

struct Login: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sign in once for everybody: joins a sign-in already under way.",
        discussion: """
            Any number of them at once make one sign-in: the daemon runs it, or without a daemon one of them. Each shows \
            where to sign in and the code, ends within 165 s, and with 0 only when the session works. A sign-in that \
            ended while this one waited counts; as awsAuthRefresh, so does one of the last 30 s.

            Without a display, over SSH, or with --device-code, the page may be opened on any device: its QR code is \
            shown.
            """)

    @Option(help: "The profile to sign in for; by default the one that Claude Code uses.")
    var profile: String?

    @Flag(help: "Open no browser here: show a code and a QR code for a browser elsewhere.")
    var deviceCode = false

    func run() throws {
        let now = EventLoop.now()
        let environment = ProcessInfo.processInfo.environment
        let reader = FactsOnDisk(
            paths: Paths(environment: environment), environment: environment, at: now)
        reader.readConfiguration(at: now)
        let resolved = try reader.resolve(profile)
        let signIn = SignIn(
            to: resolved.session, arguments: resolved.signInArguments, asksForCode: deviceCode, countsRecent: true)
        try signIn.run()
        say("signed in to \(resolved.session.name)")
    }
}
