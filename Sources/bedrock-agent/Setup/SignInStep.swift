import FoundationEssentials
import Host
import SessionHealth

/// Makes sure that a session works, signing in if necessary; can undo that sign-in.
final class SignInStep {
    private let context: SetupContext
    private var snapshots: [TokenSnapshot] = []
    /// A sign-in was made, for the report.
    private(set) var hasSignedIn = false
    /// The region that the AWS CLI found for a start URL of a company's own (2.35.13 and later), by session.
    private(set) var regions: [String: String] = [:]

    init(_ context: SetupContext) {
        self.context = context
    }

    /// Asks AWS, with these variables added to the environment.
    func net(_ more: [String: String] = [:]) -> NetExchange {
        NetExchange(environment: context.environment.merging(more) { $1 }, paths: context.paths)
    }

    /// The answer to a question that setup cannot continue without.
    /// - Throws: a `Failure` that says why there is none.
    func asked<Answer>(_ question: () throws -> Answer) throws -> Answer {
        do {
            return try question()
        } catch let failure as NetFailure {
            try Interruption.check()
            throw Failure("\(failure)")
        }
    }

    /// Signs in unless the session already works.
    /// - Parameters:
    ///   - arguments: what follows `aws sso login`.
    ///   - trial: the config file as it will be, if the session is not in it yet.
    func makeSure(of session: SSOSession, arguments: [String]? = nil, trial: [UInt8]? = nil) throws {
        if works(session) {
            if !hasSignedIn { context.tell("sign-in", "signed in to \(session.name)") }
            return
        }
        try signIn(to: session, arguments: arguments, trial: trial)
    }

    /// Signs in, whatever the token's expiry; after a failure again, if somebody is there and wants to.
    func signIn(to session: SSOSession, arguments: [String]? = nil, trial: [UInt8]? = nil) throws {
        let arguments = arguments ?? ["--sso-session", session.name]
        context.tell("sign-in", "aws sso login \(arguments.map(ShellWords.quoted).joined(separator: " "))")
        while true {
            do {
                try run(to: session, arguments, trial)
                hasSignedIn = true
                return context.tell("sign-in", "signed in to \(session.name)")
            } catch let failure as Failure {
                guard let dialogue = context.dialogue else {
                    throw Failure("\(failure). Nothing was changed; --no-login skips the sign-in")
                }
                context.warn("\(failure)")
                guard try dialogue.confirm("Sign in?", yes: "Try again", no: "Cancel") else { throw Cancelled() }
            }
        }
    }

    private func run(to session: SSOSession, _ arguments: [String], _ trial: [UInt8]?) throws {
        var snapshot = try TokenSnapshot(of: session, in: context.paths.tokenCache)
        let config = try trial.map { try TrialConfig($0, environment: context.environment) }
        let environment = context.environment.merging(config?.environment ?? [:]) { $1 }
        let signIn = SignIn(to: session, arguments: arguments, environment: environment, joinsDaemon: trial == nil)
        defer {
            snapshot.signInEnded()
            // One that was joined is not ours to undo.
            if signIn.isOwn { snapshots.append(snapshot) }
        }
        try signIn.run()
        guard let now = try config?.session(named: session.name), now.region != session.region else { return }
        regions[session.name] = now.region
        context.tell("region", "Identity Center is in \(now.region), says the AWS CLI")
    }

    /// Restores every token file as it was before our sign-ins.
    func takeBack() {
        for snapshot in snapshots.reversed() { snapshot.restore() }
        snapshots = []
    }

    /// Whether its token is good; an expired one is refreshed if possible.
    private func works(_ session: SSOSession) -> Bool {
        let now = context.clock.now
        if context.reader.hasGoodToken(session, at: now) { return true }
        guard let clocks = context.reader.token(of: session, at: now).clocks, clocks.isRefreshable(at: now.wall) else {
            return false
        }
        let endpoint = try? EndpointSettings().url(
            for: .ssoOIDC, region: session.region, environment: context.environment)
        guard let endpoint else { return false }
        let order = RefreshOrder(
            session: session, expiresAt: clocks.expiresAt, endpoint: endpoint, timeout: RefreshOrder.patience)
        if case .registrationRefused? = order.outcome(context.paths, context.environment) {
            // By PKCE, the AWS CLI would not hear of it.
            let registration = context.paths.places.token(session.registrationFileName)
            _ = try? CachedRegistration.setAside(registration, at: now.wall)
        }
        return context.reader.hasGoodToken(session, at: context.clock.now)
    }
}
