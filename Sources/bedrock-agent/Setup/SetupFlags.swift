import ArgumentParser
import SessionHealth

/// What `setup` need not ask.
struct SetupFlags: ParsableArguments {
    @Option(help: "The profile in ~/.aws/config that Claude Code will use.")
    var profile: String?

    @Option(help: "The region in which Bedrock is used, such as us-west-2.")
    var region: String?

    @Option(help: "The inference profile id of the model, such as global.anthropic.claude-opus-4-8.")
    var model: String?

    @Option(
        name: .customLong("sso-start-url"),
        help: ArgumentHelp("Make a new profile, which signs in at this start URL.", valueName: "url"))
    var startURL: String?

    @Option(
        name: .customLong("sso-region"),
        help: ArgumentHelp("The region of Identity Center, for a new profile.", valueName: "region"))
    var ssoRegion: String?

    @Option(
        name: .customLong("sso-session"),
        help: ArgumentHelp(
            "Its sso-session: one that is there, or with --sso-start-url the name of a new one.", valueName: "name"))
    var ssoSession: String?

    @Option(
        name: .customLong("account-id"), help: ArgumentHelp("The account of a new profile.", valueName: "digits"))
    var accountID: String?

    @Option(name: .customLong("role-name"), help: ArgumentHelp("The role of a new profile.", valueName: "name"))
    var roleName: String?

    @Flag(help: "Apply without asking. What is missing is an error.")
    var yes = false

    @Flag(help: "Show what would change, and change nothing.")
    var dryRun = false

    @Flag(name: .customLong("no-login"), help: "Do not sign in.")
    var noLogin = false

    @Flag(name: .customLong("no-enable"), help: "Do not enable the user service.")
    var noEnable = false

    @Flag(help: "Let Claude Code run `bedrock-agent login`: its open sessions then share one browser tab.")
    var coalesce = false

    @Flag(help: "Print what was done as a JSON object. Takes --yes or --dry-run.")
    var json = false

    func validate() throws {
        if json, !yes, !dryRun { throw ValidationError("--json asks nothing: give --yes or --dry-run, too") }
        if let region, !Region.isValid(region) {
            throw ValidationError("--region \(region.printable) is not a region name")
        }
        if let ssoRegion, !Region.isValid(ssoRegion) {
            throw ValidationError("--sso-region \(ssoRegion.printable) is not a region name")
        }
        if let startURL, let problem = StartURL.problem(startURL) {
            throw ValidationError("--sso-start-url \(startURL.printable) \(problem)")
        }
        let isNew = startURL != nil || ssoSession != nil
        for (name, flag) in [(isNew ? profile : nil, "--profile"), (ssoSession, "--sso-session")] {
            guard let name, !AWSConfig.isValid(newName: name) else { continue }
            throw ValidationError(
                "\(flag) \(name.printable): Claude Code would not find it; use letters, digits and . _ - / + @ only")
        }
        if let accountID, !(accountID.count == 12 && accountID.utf8.allSatisfy { (0x30...0x39).contains($0) }) {
            throw ValidationError("--account-id \(accountID.printable) is not twelve digits")
        }
        if startURL == nil, ssoRegion != nil {
            throw ValidationError("--sso-region is for a new sso-session: give --sso-start-url, too")
        }
        if !isNew, accountID != nil || roleName != nil {
            throw ValidationError(
                "\(accountID == nil ? "--role-name" : "--account-id") is for a new profile: give --sso-start-url, too, or "
                    + "--sso-session with the name of one that is there")
        }
    }
}
