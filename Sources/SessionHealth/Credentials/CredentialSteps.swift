import FoundationEssentials

/// How `bedrock-agent credentials` gets a role's credentials, as steps without I/O: from the AWS CLI's cache, else by one
/// exchange however many ask at once, after a refresh or a sign-in where the token needs one.
package struct CredentialSteps: Steps, Sendable {
    package enum Step: Equatable, Sendable {
        /// Read the role's file in the cache.
        case look
        /// Wait until nobody else gets the same credentials; others wait for us from then on.
        case lock
        case readToken
        case refresh(TokenClocks)
        /// Ask the access portal, and STS where a role is to be assumed.
        case ask
        /// Release the lock, and sign in, or join a sign-in.
        case signIn
        /// Write the role's file.
        case keep(RoleCredentials)
        case end(End)
    }

    package enum Outcome: Equatable, Sendable {
        /// Nil for none, or what cannot be read.
        case looked(RoleCredentials?)
        case locked
        case token(TokenFacts)
        /// Nil where no refresh could be made.
        case refreshed(RefreshOutcome?)
        case answered(RoleCredentials)
        case refused(NetFailure)
        case signedIn
        case kept
        case failed(String)
    }

    package enum End: Equatable, Sendable {
        case credentials(RoleCredentials)
        /// Somebody has to sign in: why.
        case signInNeeded(String)
        /// In one sentence, with what to do.
        case failed(String)
    }

    private let session: SSOSession
    private let maySignIn: Bool
    /// Seconds that a token must have left to be worth asking with.
    private static let leastLeft: TimeInterval = 30
    private var isLocked = false
    private var token: TokenClocks?
    private var hasRefreshed = false
    private var hasSignedIn = false
    /// What there is, though it may end soon: of use while the network is away.
    private var old: RoleCredentials?

    /// - Parameter maySignIn: a person is bothered where nothing else helps.
    package init(for session: SSOSession, maySignIn: Bool) {
        self.session = session
        self.maySignIn = maySignIn
    }

    package static var first: Step { .look }

    package mutating func next(_ outcome: Outcome, at now: Moment) -> Step {
        switch outcome {
        case .looked(let found):
            old = found
            if let found, found.isFresh(at: now.wall) { return .end(.credentials(found)) }
            return isLocked ? .readToken : .lock
        case .locked:
            isLocked = true
            return .look
        case .token(let facts):
            token = facts.clocks
            return read(facts, at: now)
        case .refreshed(let outcome):
            hasRefreshed = true
            return refreshed(outcome, at: now)
        case .answered(let credentials):
            old = credentials
            return .keep(credentials)
        case .kept: return otherwise("the credentials of \(session.name) have ended already: check the clock", at: now)
        case .refused(let failure): return refused(failure, at: now)
        case .signedIn:
            hasSignedIn = true
            isLocked = false
            return .lock
        case .failed(let reason): return .end(.failed(reason))
        }
    }

    private mutating func read(_ facts: TokenFacts, at now: Moment) -> Step {
        guard let token else {
            switch facts {
            case .torn(_, let reason, _): return signIn("its token file is damaged: \(reason)")
            case .unreadable(let file), .unread(let file, _, _): return .end(.failed("\(file)"))
            case .absent, .found: return signIn("nobody is signed in to \(session.name)")
            }
        }
        let left = token.expiresAt.timeIntervalSince(now.wall)
        if left > CredentialSteps.leastLeft { return .ask }
        if !hasRefreshed, token.isRefreshable(at: now.wall) { return .refresh(token) }
        return left > 0 ? .ask : signIn("the session of \(session.name) has expired")
    }

    private mutating func refreshed(_ outcome: RefreshOutcome?, at now: Moment) -> Step {
        switch outcome {
        case .refreshed, .adopted: return .readToken
        case .sessionEnded, .registrationRefused: return signIn("the session of \(session.name) has ended")
        case .offline(let reason):
            return otherwise("Identity Center cannot be reached: \(reason): check the network, then try again", at: now)
        case .refused(let error, let description):
            return otherwise("Identity Center refuses to refresh \(session.name): \(error) \(description)", at: now)
        case .failed(let reason): return otherwise("\(session.name) cannot be refreshed: \(reason)", at: now)
        case nil: return otherwise("\(session.name) cannot be refreshed: bedrock-agent-net did not run", at: now)
        }
    }

    private mutating func refused(_ failure: NetFailure, at now: Moment) -> Step {
        switch failure.kind {
        case .sessionOver:
            // The clock of the machine may be wrong, or the token older than what the service takes.
            if !hasRefreshed, !hasSignedIn, let token, token.isRefreshable(at: now.wall) { return .refresh(token) }
            return signIn("the session of \(session.name) has ended")
        case .offline: return otherwise("\(failure)", at: now)
        case .noAccess, .permission, .clock, .refused, .failed: return .end(.failed("\(failure)"))
        }
    }

    private mutating func signIn(_ why: String) -> Step {
        maySignIn && !hasSignedIn ? .signIn : .end(.signInNeeded(why))
    }

    /// What there is works on until its end.
    private func otherwise(_ reason: String, at now: Moment) -> Step {
        if let old, old.expiration > now.wall { return .end(.credentials(old)) }
        return .end(.failed(reason))
    }
}
