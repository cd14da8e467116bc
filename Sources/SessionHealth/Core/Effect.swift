import FoundationEssentials

/// What is to be done. The host does these one after the other, and reports what came of those that have a result.
package enum Effect: Sendable {
    // MARK: The process

    /// Reports `timer` when an instant of either clock has come. It replaces what was armed before.
    case arm(Wake)
    /// Reports `settled` once everything that is pending now has been heard.
    case settle
    /// Tells the service manager, with a line on how things stand.
    case tellReady(String)
    case tellStatus(String)
    case tellReloading
    case tellStopping
    /// Begins to answer clients. Reports `cannotServe` where that fails.
    case serve
    /// Ends the loop with this exit status.
    case exit(Int32)
    case record(JournalMessage)

    // MARK: Files

    /// Watches these files and no others. Reports `watched`.
    case watch(Set<String>)
    /// Reports `configurationRead`.
    case readConfiguration
    /// Reports `tokensRead`.
    case readTokens([SSOSession])
    /// Writes the state; what follows is not done before that. Reports `saved`.
    case save(AgentState)
    /// Keeps a copy of the settings, which are all right as they are.
    case keepGoodSettings
    /// Reports `approved`.
    case approve(String)

    // MARK: Programs

    /// Runs one refresh. Reports `refreshEnded`.
    case startRefresh(RefreshOrder)
    /// Reports `signInLockSeen`.
    case lookAtSignInLock(SSOSession)
    /// Renames the cached client registration, so that the next sign-in makes a new one; the new name has the date in
    /// it. Reports `registrationSetAside`.
    case setRegistrationAside(SSOSession, at: Date)
    /// Runs a sign-in. Reports `signInStarted`, then `signInOutput` as it comes, then `signInEnded`.
    case startSignIn(SignInOrder)
    /// Reports `signInsFound`.
    case findSignIns
    /// Waits for a sign-in that an earlier process started, for so many seconds. Reports as `startSignIn` does.
    case adoptSignIn(AgentState.RunningSignIn, timeLeft: TimeInterval)
    /// The output of the sign-in that is over need not be kept for a later process any more.
    case forgetSignInOutput

    // MARK: Surroundings

    /// Reports `loginSessions`, `woke`, `networkReturned` and `cannotWatch` from now on.
    case watchSurroundings

    // MARK: Clients and the desktop

    /// Answers a call; the last answer of it.
    case reply(ClientID, Reply)
    /// Tells who waits how it stands; of several that were not read yet, the newest counts.
    case tell(ClientID, Reply)
    /// Finds out which server shows notifications. Reports `desktop`.
    case connectDesktop(startsServer: Bool)
    /// Whether anything is still wanted of the connection to it.
    case keepDesktop(Bool)
    /// Shows it in the place of the one with this id; 0 for none. Reports `notificationShown`.
    case show(session: String, Notification, replacing: UInt32)
    case closeNotification(UInt32)
}

/// One refresh that is to run.
package struct RefreshOrder: Equatable, Sendable {
    package var session: SSOSession
    /// The expiry that is to be moved.
    package var expiresAt: Date
    /// The base URL of the OIDC service.
    package var endpoint: String
    /// CA certificates to trust instead of the system's.
    package var caBundle: String?
    /// Seconds until it is ended.
    package var timeout: TimeInterval

    package init(
        session: SSOSession, expiresAt: Date, endpoint: String, caBundle: String? = nil, timeout: TimeInterval
    ) {
        self.session = session
        self.expiresAt = expiresAt
        self.endpoint = endpoint
        self.caBundle = caBundle
        self.timeout = timeout
    }
}

/// One sign-in that is to run.
package struct SignInOrder: Equatable, Sendable {
    package var session: SSOSession
    /// A shell command line.
    package var command: String
    /// Seconds until it is ended.
    package var timeout: TimeInterval
    /// What is known of it now.
    package var record: AgentState.RunningSignIn
}

/// An answer to a client.
package enum Reply: Equatable, Sendable {
    case done
    case status(Status)
    case signIn(Condition, url: String?, code: String?)
    case failed(ControlError)
}

/// Why a call was not done, as `org.bedrockagent.Control` has it.
package enum ControlError: Error, Equatable, Sendable {
    case noSuchSession(String)
    case notApproved
    case signInFailed(String)
    case unguarded(String)
    /// The parameter of this name.
    case invalidParameter(String)
}

extension ControlError {
    /// Its name in the interface.
    package var word: String {
        switch self {
        case .noSuchSession: "NoSuchSession"
        case .notApproved: "NotApproved"
        case .signInFailed: "SignInFailed"
        case .unguarded: "Unguarded"
        case .invalidParameter: "InvalidParameter"
        }
    }
}
