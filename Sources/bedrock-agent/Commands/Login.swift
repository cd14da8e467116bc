import ArgumentParser
import FoundationEssentials
import Glibc
import Host
import SessionHealth

struct Login: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sign in once for everybody: joins a sign-in already under way.",
        discussion: "Without a daemon it runs `aws sso login` itself.")

    @Option(help: "The profile to sign in for; by default the one that Claude Code uses.")
    var profile: String?

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let paths = Paths(environment: environment)
        let reader = FactsReader(paths: paths, environment: environment)
        reader.readAll(at: EventLoop.now())
        let resolved = try reader.resolve(profile)
        guard let client = try VarlinkClient.connect(to: paths.controlSocket) else { return try runHere(resolved) }
        do {
            try join(client, resolved.session.name)
        } catch let error as VarlinkError where error.name == "org.bedrockagent.Control.NoSuchSession" {
            // The daemon does not guard this profile.
            try runHere(resolved)
        } catch let error as VarlinkError where error.name == "org.bedrockagent.Control.NotApproved" {
            throw Failure(
                "awsAuthRefresh is not what you approved, or others can write its file, so it is not run: "
                    + "bedrock-agent status, then bedrock-agent approve")
        } catch {
            throw Failure("\(resolved.session.name): \(error)")
        }
    }

    private func join(_ client: VarlinkClient, _ session: String) throws {
        var shown: String?
        try client.call("org.bedrockagent.Control.SignIn", ["session": session], more: true) { reply in
            let root = try JSONNode(parsing: reply.span)
            let url = root.member("url", in: reply.span)?.string(in: reply.span)
            let code = root.member("code", in: reply.span)?.string(in: reply.span)
            guard let url, shown != url + (code ?? "") else { return }
            shown = url + (code ?? "")
            say("Sign in at \(url)\(code.map { "\nwith the code \($0)" } ?? "")")
        }
        say("signed in to \(session)")
    }

    /// Hands this terminal to `aws sso login`.
    private func runHere(_ profile: ResolvedProfile) throws {
        var arguments = (["aws", "sso", "login"] + profile.signInArguments).map { strdup($0) } + [nil]
        execvp("aws", &arguments)
        throw Failure("cannot run aws: \(String(cString: strerror(errno))); install the AWS CLI v2 (awscli)")
    }
}
