import ArgumentParser
import SessionHealth

/// What `setup` need not ask.
struct SetupFlags: ParsableArguments {
    @Option(
        help: "The profile in ~/.aws/config for Claude Code to use.", completion: Completions.ofProfiles)
    var profile: String?

    @Option(help: "The Bedrock region, such as us-west-2.", completion: Completions.ofRegions)
    var region: String?

    @Option(
        help: "The model's inference profile ID, such as global.anthropic.claude-opus-4-8.",
        completion: Completions.ofModels)
    var model: String?

    @Option(
        name: .customLong("sso-start-url"),
        help: ArgumentHelp("Create a new profile that signs in at this start URL.", valueName: "url"))
    var startURL: String?

    @Option(
        name: .customLong("sso-region"),
        help: ArgumentHelp("The region of Identity Center, for a new profile.", valueName: "region"),
        completion: Completions.ofRegions)
    var ssoRegion: String?

    @Option(
        name: .customLong("sso-session"),
        help: ArgumentHelp(
            "The sso-session of a new profile: an existing one, or with --sso-start-url the name of a new one.",
            valueName: "name"))
    var ssoSession: String?

    @Option(
        name: .customLong("account-id"), help: ArgumentHelp("The AWS account of a new profile.", valueName: "digits"))
    var accountID: String?

    @Option(name: .customLong("role-name"), help: ArgumentHelp("The role of a new profile.", valueName: "name"))
    var roleName: String?

    @Flag(help: "Apply without asking; fail if something is missing.")
    var yes = false

    @Flag(help: "Show what would change, without changing anything.")
    var dryRun = false

    @Flag(name: .customLong("no-login"), help: "Do not sign in.")
    var noLogin = false

    /// `use` asks only for what does not go with the other profile. Its region was used before, or is the profile's own.
    @Flag(name: .customLong("switch"), help: .hidden)
    var isSwitch = false

    @Flag(help: "Do not open a browser: show a code and a QR code to sign in on another device.")
    var deviceCode = false

    @Flag(name: .customLong("no-enable"), help: "Do not enable the user service.")
    var noEnable = false

    @Flag(
        inversion: .prefixedNo,
        help: """
            Make Claude Code sign in with `bedrock-agent login`, so that its open sessions share one browser tab; or \
            with the AWS CLI.
            """)
    var coalesce: Bool?

    @Flag(
        inversion: .prefixedNo,
        help: "Give the profile to Claude Code alone: what runs in its shell keeps its own, or has none.")
    var separate: Bool?

    @Flag(
        inversion: .prefixedNo,
        help: """
            Show the session's state in Claude Code's status line, above what one that is set shows; or take it out.
            """)
    var statusLine: Bool?

    @Flag(
        inversion: .prefixedNo,
        help: """
            Say in Claude Code, by its hooks, when you must sign in: at its start, and when credentials fail; or take \
            them out.
            """)
    var hooks: Bool?

    @Flag(help: "Write the model even if the account does not list it, and a region that is not known here.")
    var force = false

    @Option(
        name: .customLong("guard"),
        help: ArgumentHelp(
            "Keep the session of a profile that other programs use; Claude Code's settings stay as they are.",
            valueName: "profile"),
        completion: Completions.ofProfiles)
    var guarded: String?

    @Flag(help: "Print the result as a JSON object. Requires --yes or --dry-run.")
    var json = false

    /// A profile is to be created.
    var isNew: Bool { startURL != nil || ssoSession != nil }

    /// A name that setup writes, of this flag; nil is none.
    private static func check(newName name: String?, of flag: String) throws {
        guard let name, !AWSConfig.isValid(newName: name) else { return }
        throw ValidationError(
            "\(flag) \(name.printable): Claude Code would not find that name; use only letters, digits and . _ - / + @")
    }

    func validate() throws {
        if json, !yes, !dryRun { throw ValidationError("--json asks no questions: add --yes or --dry-run") }
        if separate == true, coalesce == false {
            throw ValidationError(
                "--separate cannot be combined with --no-coalesce: bedrock-agent signs in, then"
            )
        }
        if let region, !Region.isValid(region) {
            throw ValidationError("--region \(region.printable) is not a region name")
        }
        if let ssoRegion, !Region.isValid(ssoRegion) {
            throw ValidationError("--sso-region \(ssoRegion.printable) is not a region name")
        }
        for (flag, region) in [("--region", region), ("--sso-region", ssoRegion)] where !force && !isSwitch {
            guard let doubt = region.flatMap(BedrockRegions.doubt) else { continue }
            throw ValidationError("\(flag): \(doubt) --force keeps it")
        }
        if let startURL, let problem = StartURL.problem(startURL) {
            throw ValidationError("--sso-start-url \(startURL.printable) \(problem)")
        }
        if isNew { try Self.check(newName: profile, of: "--profile") }
        try Self.check(newName: ssoSession, of: "--sso-session")
        if let accountID, !AWSConfig.isValid(accountID: accountID) {
            throw ValidationError("--account-id \(accountID.printable) is not a 12-digit account ID")
        }
    }

    /// Once what `config.json` gives is among them.
    func refuseHalfAProfile() throws {
        if startURL == nil, ssoRegion != nil {
            throw ValidationError("--sso-region is for a new sso-session: add --sso-start-url")
        }
        if !isNew, accountID != nil || roleName != nil {
            throw ValidationError(
                "\(accountID == nil ? "--role-name" : "--account-id") is for a new profile: add --sso-start-url, or "
                    + "--sso-session with the name of an existing one")
        }
    }
}
