import FoundationEssentials

/// One sign-in with Identity Center's OIDC service, as steps without I/O: register the client, let the person agree, get
/// the token, put it in place. By the device flow (RFC 8628), or by the authorization code with PKCE (RFC 7636).
package struct AuthorizationSteps: Steps, Sendable {
    package enum Step: Equatable, Sendable {
        /// Reads the cached client registration.
        case readRegistration
        /// Listens on a port of 127.0.0.1.
        case listen
        /// Asks the service.
        case ask(OIDCRequest)
        /// Writes the registration, for the AWS CLI and for the next time. That it fails is no reason to stop.
        case keepRegistration(ClientRegistration)
        /// Renames the file of a registration that the service does not know, with this time in its name.
        case setRegistrationAside(at: Date)
        /// Makes room for the token, before a person is bothered.
        case reserve
        /// Ends the running portal session, and removes its token file. Where it has ended already, that is as good.
        case endSession
        case show(SignInPage)
        /// Waits for this many seconds.
        case pause(TimeInterval)
        /// Waits for a browser to bring the person's answer, at most this many seconds.
        case awaitCallback(TimeInterval)
        /// Tells the person, in the browser that brought the answer.
        case answerBrowser(CallbackPage)
        /// Puts the token file in place, whatever is there.
        case write([UInt8])
        case end(End)
    }

    package enum Outcome: Sendable {
        /// What the file contains; nil without one.
        case registration([UInt8]?)
        case listening(port: Int)
        case answered(OIDCReply)
        case calledBack(Callback)
        /// Done, or the time has passed.
        case done
        /// By this signal.
        case interrupted(Int32)
        /// The step failed, for this reason.
        case failed(String)
    }

    package enum End: Equatable, Sendable {
        case signedIn
        /// In one sentence.
        case failed(String)
        case interrupted(Int32)
    }

    enum State: Equatable, Sendable {
        case starting, listening, registering, keeping, authorizing
        /// Before the next attempt, or before this end.
        case settingAside(End?)
        case reserving(SignInPage), ending(SignInPage)
        case showing, waiting, polling
        case redeeming(tries: Int)
        case answering(End?)
        case writing
    }

    struct DeviceCode: Sendable {
        var code: String
        /// Seconds between two questions.
        var interval: TimeInterval
    }

    let session: SSOSession
    let endpoint: String
    /// What the service is asked with.
    let startURL: String
    let verifier: String
    let csrfState: String
    let deadline: TimeInterval
    let endsSession: Bool
    var flow: AuthorizationFlow
    var state = State.starting
    var registration: ClientRegistration?
    /// It was made just now.
    var isFresh = false
    /// It was asked for by what the AWS CLI asks for, and no more.
    var isPlain = false
    var port = 0
    var device: DeviceCode?
    var code = ""
    /// When the service was asked last: seconds since boot.
    var askedAt: TimeInterval = 0
    /// Once it has failed; nil where nothing can be said of it.
    package internal(set) var obstacle: SignInObstacle?

    /// RFC 8628 §3.5.
    static let slowDown: TimeInterval = 5
    static let usualInterval: TimeInterval = 5
    /// A code that was sent may have been used up, so that it is sent again only a few times.
    static let mostTries = 3
    /// Seconds before the end of our own time in which whoever started us ends us.
    static let lateness: TimeInterval = 10

    /// - Parameters:
    ///   - endpoint: the base URL of the OIDC service.
    ///   - startURL: where the session's own leads, if it is not AWS's.
    ///   - randomness: 64 unreserved characters that nobody can guess (RFC 7636 §4.1), and as many for `state`.
    ///   - endsSession: the running one is ended first, and a new client proves before that the service can be reached.
    ///   - limit: seconds for the whole sign-in.
    package init(
        to session: SSOSession, by flow: AuthorizationFlow, endpoint: String, startURL: String,
        randomness: (verifier: String, state: String), endsSession: Bool = false, limit: TimeInterval, at now: Moment
    ) {
        self.session = session
        self.flow = flow
        self.endpoint = endpoint
        self.startURL = startURL
        verifier = randomness.verifier
        csrfState = randomness.state
        deadline = now.boot + limit
        self.endsSession = endsSession
    }

    package static var first: Step { .readRegistration }

    package mutating func next(_ outcome: Outcome, at now: Moment) -> Step {
        let step = step(after: outcome, at: now)
        if case .ask = step { askedAt = now.boot }
        return step
    }

    private mutating func step(after outcome: Outcome, at now: Moment) -> Step {
        switch (state, outcome) {
        case (.waiting, .interrupted(let number)) where isNobodyComing(at: now):
            return setAside(then: .interrupted(number), at: now)
        case (_, .interrupted(let number)): return .end(.interrupted(number))
        case (.answering(let end?), _): return .end(end)
        case (.answering(nil), _): return wait(at: now)
        // Without a port, the person can still compare a code.
        case (.listening, .failed):
            flow = .device
            return register()
        case (.keeping, .failed): return authorize()
        case (.settingAside(.interrupted(let number)?), _): return .end(.interrupted(number))
        case (.settingAside(let end?), _): return finish(end)
        case (.writing, .failed(let reason)): return finish(.failed(reason))
        case (_, .failed(let reason)): return .end(.failed(reason))
        case (.starting, .registration(let bytes)):
            let cached = bytes.flatMap { ClientRegistration(parsing: $0) }
            registration = cached?.serves(flow, at: now.wall) == true && !endsSession ? cached : nil
            guard flow == .pkce else { return begin() }
            state = .listening
            return .listen
        case (.listening, .listening(let port)):
            self.port = port
            return begin()
        case (.registering, .answered(let reply)): return registered(reply)
        case (.keeping, .done): return authorize()
        case (.authorizing, .answered(let reply)): return authorized(reply, at: now)
        case (.settingAside(nil), .done): return register()
        case (.reserving(let page), .done) where endsSession:
            state = .ending(page)
            return .endSession
        case (.reserving(let page), .done), (.ending(let page), .done):
            state = .showing
            return .show(page)
        case (.showing, .done): return wait(at: now)
        case (.waiting, .done): return device == nil ? wait(at: now) : poll(at: now)
        case (.waiting, .calledBack(let callback)): return called(back: callback)
        case (.polling, .answered(let reply)): return polled(reply, at: now)
        case (.redeeming(let tries), .answered(let reply)): return redeemed(reply, tries, at: now)
        case (.redeeming(let tries), .done): return redeem(tries)
        case (.writing, .done): return finish(.signedIn)
        default: return .end(.failed("the sign-in to \(session.name) reached an unexpected state; please report this"))
        }
    }
}
