import ArgumentParser
import FoundationEssentials
import Glibc
import Host
import SessionHealth

struct Credentials: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a role's credentials, for Claude Code and the AWS tools.",
        discussion: """
            For awsCredentialExport of Claude Code, or credential_process of an AWS profile: other programs get what a \
            profile is allowed, without knowing about sign-ins. They are shared with the AWS CLI, in ~/.aws/cli/cache; new \
            ones are got 15 min before the old ones end, after a refresh where that is needed, and by one exchange \
            however many programs ask at once.

            On a terminal they are not shown, unless you say --show. Exit status: 0 if there are credentials; 2 if \
            somebody has to sign in; 1 for anything else.
            """)

    @Option(
        help: "The profile whose credentials they are; by default the one that Claude Code uses.",
        completion: Completions.ofProfiles)
    var profile: String?

    @Option(help: "process for credential_process, export for awsCredentialExport, env for a shell's eval.")
    var format = RoleCredentials.Format.process

    @Flag(help: "Sign in where that is needed, or join a sign-in that is under way.")
    var login = false

    @Flag(help: "Show them, also on a terminal.")
    var show = false

    init() {}

    /// As settings and configurations call it: `credentials --profile NAME`, with `--format FORM` and `--login` after it.
    /// - Returns: nil for whatever the argument parser has to look at.
    init?(asCalled words: [String]) {
        var rest = words[...]
        guard rest.popFirst() == "credentials", rest.popFirst() == "--profile", let name = rest.popFirst(),
            !name.hasPrefix("-")
        else { return nil }
        (profile, format, login, show) = (name, .process, false, false)
        if rest.first == "--format" {
            rest.removeFirst()
            guard let form = rest.popFirst().flatMap({ RoleCredentials.Format(rawValue: $0) }) else { return nil }
            format = form
        }
        if rest.first == "--login" {
            rest.removeFirst()
            login = true
        }
        guard rest.isEmpty else { return nil }
    }

    private static let signInNeeded = ExitCode(2)

    func run() throws {
        let now = EventLoop.now()
        ProcessPrivacy.hideMemory()
        let environment = ProcessInfo.processInfo.environment
        let profile = try resolved(environment, at: now)
        if let assumed = profile.assumedRole, let place = assumed.mfa {
            throw Failure(
                "\(profile.name): \(place): its role asks for a code (mfa_serial) each time, which only a person has."
                    + " Remove mfa_serial there if the role does not need it")
        }
        guard profile.chain.count <= 2 else {
            throw Failure(
                "\(profile.name) assumes more than one role, one after the other; only one is supported. Use instead:"
                    + " aws configure export-credentials --profile \(ShellWords.quoted(profile.name))")
        }
        let isShown = show || isatty(STDOUT_FILENO) == 0
        // What a sign-in says is for a person.
        let output = OutputForPrograms()
        switch RoleCredentialSource(profile, environment: environment).credentials(maySignIn: login) {
        case .credentials(let credentials):
            output.write(isShown ? credentials.text(as: format) : notice(of: credentials, profile, at: now))
        case .signInNeeded(let why):
            StandardError.write(
                "bedrock-agent: \(why): \(AuthRefresh.login(as: profile.name))\n".printableLines)
            throw Credentials.signInNeeded
        case .failed(let reason): throw Failure(reason)
        }
    }

    /// By this process's own variables, as the AWS CLI would in its place.
    private func resolved(_ environment: [String: String], at now: Moment) throws -> ResolvedProfile {
        guard let profile else {
            let reader = FactsOnDisk(environment: environment, at: now)
            reader.readConfiguration(at: now)
            return try Login.resolve(nil, reader)
        }
        do {
            let files = AWSFiles(environment: environment, home: Paths(environment: environment).home)
            switch try files.config().resolve(profile) {
            case .sso(let resolved): return resolved
            case .unguarded(let why): throw Failure("\(why), so there are no role credentials to get for it")
            }
        } catch let error as AWSConfigError {
            throw Failure("\(error). \(error.fix)")
        }
    }

    private func notice(of credentials: RoleCredentials, _ profile: ResolvedProfile, at now: Moment) -> [UInt8] {
        let role = profile.assumedRole?.arn ?? "\(profile.roleName) in account \(profile.accountID)"
        let end = LocalTime.text(credentials.expiration, now: now.wall)
        let text =
            "\(profile.name): there are credentials of role \(role), valid until \(end). They are not shown on a terminal:"
            + " pass --show, or send the output to a program."
        return Array((Columns.wrap(text.printable, indent: 0) + "\n").utf8)
    }
}

extension RoleCredentials.Format: ExpressibleByArgument {}
