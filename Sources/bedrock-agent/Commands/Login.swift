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
            try join(client, resolved.session.name, at: paths.controlSocket)
        } catch let error as VarlinkError where error.name == "org.bedrockagent.Control.NoSuchSession" {
            // The daemon does not guard this profile.
            try runHere(resolved)
        } catch let error as VarlinkError where error.name == "org.bedrockagent.Control.NotApproved" {
            throw Failure(
                "awsAuthRefresh is not what you approved, or others can write its file, so it is not run: "
                    + "bedrock-agent status, then bedrock-agent approve")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure("\(resolved.session.name): \(error)")
        }
    }

    /// Asks for the sign-in, and again where the daemon was restarted meanwhile: the sign-in itself goes on.
    private func join(_ client: VarlinkClient, _ session: String, at path: String) throws {
        var client = client
        // Whole seconds are written down.
        let startedAt = Date.now - 1
        for _ in 1...Login.mostRestarts {
            do {
                try signIn(client, session)
                return say("signed in to \(session)")
            } catch let error as SystemError where [ECONNRESET, EPIPE].contains(error.number) {
                guard let next = try VarlinkClient.connect(to: path) else { throw error }
                client = next
                guard try isUnderWay(client, session, since: startedAt) else { return say("signed in to \(session)") }
            }
        }
        throw Failure("the daemon ends again and again: bedrock-agent status")
    }

    private static let mostRestarts = 10

    private func signIn(_ client: VarlinkClient, _ session: String) throws {
        var shown: String?
        try client.call("org.bedrockagent.Control.SignIn", ["session": session], more: true) { reply in
            let root = try JSONNode(parsing: reply.span)
            let url = root.member("url", in: reply.span)?.string(in: reply.span)
            let code = root.member("code", in: reply.span)?.string(in: reply.span)
            guard let url, shown != url + (code ?? "") else { return }
            shown = url + (code ?? "")
            say("Sign in at \(url)\(code.map { "\nwith the code \($0)" } ?? "")")
        }
    }

    /// Whether the sign-in that the former daemon answered for still runs.
    /// - Throws: where it came to nothing.
    private func isUnderWay(_ client: VarlinkClient, _ session: String, since startedAt: Date) throws -> Bool {
        let found = try client.status().status.sessions.first { $0.name == session }
        if found?.condition == .signingIn { return true }
        guard let last = found?.lastSignIn, last.at >= startedAt, last.result == "ok" else {
            throw Failure("the sign-in did not help (\(found?.lastSignIn?.result ?? "unknown")): bedrock-agent status")
        }
        return false
    }

    /// Hands this terminal to `aws sso login`.
    private func runHere(_ profile: ResolvedProfile) throws {
        var arguments = (["aws", "sso", "login"] + profile.signInArguments).map { strdup($0) } + [nil]
        execvp("aws", &arguments)
        throw Failure("cannot run aws: \(String(cString: strerror(errno))); install the AWS CLI v2 (awscli)")
    }
}
