import FoundationEssentials
import Host
import SessionHealth

/// Makes sure that a session works, signing in if necessary; can undo that sign-in.
final class SignInStep {
    private let context: SetupContext
    private var snapshots: [TokenSnapshot] = []
    /// The names of the sessions that were signed in to.
    private(set) var signedIn: Set<String> = []
    /// Where the start URL of a company's own turned out to lead, by session.
    private(set) var regions: [String: String] = [:]
    let accounts = Remembered<[PortalAccount]>()
    let roles = Remembered<[String]>()
    let models = Remembered<ModelListing>()
    /// Of a region without models.
    let otherRegions = Remembered<OtherRegion?>()

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
    ///   - session: as it will be in the config file.
    ///   - profile: that leads to it, if there is one already: with its services and certificates.
    /// - Returns: the session; in another region, where its start URL leads there.
    @discardableResult
    func makeSure(of session: SSOSession, for profile: ResolvedProfile? = nil) throws -> SSOSession {
        if works(session) {
            if !signedIn.contains(session.name) { context.tell("sign-in", "signed in to \(session.name)") }
            return session
        }
        return try signIn(to: session, for: profile)
    }

    /// Signs in, whatever the token's expiry; after a failure again, if somebody is there and wants to.
    @discardableResult
    func signIn(to session: SSOSession, for profile: ResolvedProfile? = nil) throws -> SSOSession {
        while true {
            do {
                let session = try led(session)
                try run(to: session, profile)
                signedIn.insert(session.name)
                // What was typed at the page was not for the next question.
                if context.dialogue != nil { Keyboard.forgetTyped() }
                context.tell("sign-in", "signed in to \(session.name)")
                return session
            } catch let failure as Failure {
                guard let dialogue = context.dialogue else {
                    throw Failure("\(failure). Nothing was changed; --no-login skips the sign-in")
                }
                context.warn("\(failure)")
                try askWhatNow(dialogue)
            }
        }
    }

    private enum WhatNow {
        case again, correct, cancel
    }

    private func askWhatNow(_ dialogue: Dialogue) throws {
        let isNew = dialogue.answers.has(NewProfileStep.startURLQuestion)
        let correct = Dialogue.Choice(WhatNow.correct, "Correct the start URL or its region")
        let answer = try dialogue.choose(
            "Sign in?",
            [.init(.again, "Try again")] + (isNew ? [correct] : []) + [.init(.cancel, "Cancel")], isStep: false)
        switch answer {
        case .again: return
        case .correct: throw GoBack(question: NewProfileStep.startURLQuestion)
        case .cancel: throw Cancelled()
        }
    }

    /// The session in the region to which its start URL leads.
    private func led(_ session: SSOSession) throws -> SSOSession {
        guard !StartURL.isOfAWS(session.startURL), session.kind == .ssoSession,
            let region = try asked({
                try net().resolve(session.startURL, caBundle: EndpointSettings.caBundle(in: context.environment))
            }).region, region != session.region
        else { return session }
        context.tell("portal", "Identity Center is in \(region), says \(session.startURL)")
        regions[session.name] = region
        return SSOSession(name: session.name, startURL: session.startURL, region: region, scopes: session.scopes)
    }

    private func run(to session: SSOSession, _ profile: ResolvedProfile?) throws {
        var snapshot = try TokenSnapshot(of: session, in: context.paths.tokenCache)
        let signIn = SignIn(
            to: session, environment: context.environment, asksForCode: context.flags.deviceCode,
            deviceCommand: "bedrock-agent setup --device-code", joinsDaemon: try isKnown(session), profile: profile)
        defer {
            snapshot.signInEnded()
            // One that was joined is not ours to undo.
            if signIn.isOwn { snapshots.append(snapshot) }
        }
        try signIn.run()
    }

    /// The config file has it already, so that the daemon may know it.
    private func isKnown(_ session: SSOSession) throws -> Bool {
        session.kind == .legacy || (try? context.config().session(named: session.name)) == session
    }

    /// Restores the token files of sessions that another one was chosen after, but none of this one's.
    func takeBack(except session: SSOSession?) {
        let kept = session.map { [$0.tokenFileName, $0.registrationFileName] } ?? []
        for snapshot in snapshots.reversed() { snapshot.restore(except: kept) }
        snapshots = []
    }

    /// Restores every token file as it was before our sign-ins.
    func takeBack() {
        for snapshot in snapshots.reversed() { snapshot.restore() }
        snapshots = []
    }

    /// Whether its token is good; an expired one is refreshed if possible.
    private func works(_ session: SSOSession) -> Bool {
        let now = context.clock.now
        if context.reader.hasGoodToken(session, at: now) {
            // One from before its scope was added cannot be refreshed.
            let clocks = context.reader.token(of: session, at: now).clocks
            return !session.hasAccountScope || clocks?.hasRefreshToken == true || signedIn.contains(session.name)
        }
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
