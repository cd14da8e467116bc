import ArgumentParser
import FoundationEssentials
import Host
import SessionHealth

struct Use: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Switch Claude Code to another profile, with the region and the model that go with it.",
        discussion: """
            The region is the profile's own; the model is the same one under the prefix that the region has. It is asked for \
            only if the account does not have that one. Everything else stays as setup left it.
            """)

    @Argument(
        help: "The profile; - is the one before.",
        completion: Completions.ofProfiles)
    var profile: String

    @Flag(help: "Never ask; fail if the model does not go with the profile.")
    var yes = false

    @Flag(name: .customLong("no-login"), help: "Do not sign in.")
    var noLogin = false

    func run() throws {
        let now = EventLoop.now()
        let environment = ProcessInfo.processInfo.environment
        let paths = Paths(environment: environment)
        let reader = FactsOnDisk(environment: environment, at: now)
        reader.readConfiguration(at: now)
        let claude = reader.facts.claude
        var wanted: PreviousUse
        if profile == "-" {
            guard let previous = try PreviousUse.read(paths, besides: claude.profile) else {
                throw Failure("there is no profile to go back to: bedrock-agent use has not switched to this one")
            }
            wanted = previous
        } else {
            guard claude.usesBedrock, claude.model != nil else {
                throw Failure(
                    "Claude Code is not set up yet: bedrock-agent setup --profile \(ShellWords.quoted(profile))")
            }
            wanted = PreviousUse(profile: profile, region: nil, model: nil)
        }
        do {
            try setUp(wanted, asks: false)
        } catch let missing as ModelMissing {
            guard !yes, Dialogue(environment: environment) != nil else { throw missing }
            say("\(missing)".printableLines)
            wanted.region = missing.region
            try setUp(wanted, asks: true)
        }
    }

    private func setUp(_ use: PreviousUse, asks: Bool) throws {
        var arguments = ["--profile", use.profile, "--switch", "--no-enable"] + (asks ? [] : ["--yes"])
        if let region = use.region { arguments += ["--region", region] }
        if let model = use.model { arguments += ["--model", model] }
        if noLogin { arguments.append("--no-login") }
        try Setup.parse(arguments).run()
    }
}
