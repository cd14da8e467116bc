import FoundationEssentials

/// What to do. The host performs these in order, and reports the results of those that have one.
package enum Effect: Sendable {
    // MARK: The process

    /// Reports `timer` at the instant on either clock. Replaces what was armed before.
    case arm(Wake)
    /// Reports `settled` once all events pending now have been reported.
    case settle
    /// Tells the service manager, with the status line.
    case tellReady(String)
    case tellStatus(String)
    case tellReloading
    case tellStopping
    /// Starts answering clients. Reports `cannotServe` if that fails.
    case serve
    /// Exits with this status.
    case exit(Int32)
    case record(JournalMessage)

    // MARK: Files

    /// Watches these files and no others. Reports `watched`.
    case watch(Set<String>)
    /// Reports `configurationRead`.
    /// - Parameter folders: of Claude Code's, where `config.json` cannot be read.
    case readConfiguration(folders: [String])
    /// Reports `tokensRead`.
    case readTokens([SSOSession])
    /// Writes the state before any later effect is performed, unless somebody else has written it. Reports `saved`.
    case save(AgentState)
    /// Keeps a copy of these settings, which are good as they are.
    case keepGoodSettings(String)
    /// Reports `approved`.
    case approve(String)

    // MARK: Programs

    /// Runs one refresh. Reports `refreshEnded`.
    case startRefresh(RefreshOrder)
    /// Reports `signInLockSeen`.
    case lookAtSignInLock(SSOSession)
    /// Takes the lock of the daemons' sign-ins to the session, and writes the state, in which this one has begun, unless
    /// there is another token by now. Reports `signInReserved`.
    case reserveSignIn(SSOSession, AgentState)
    /// Releases that lock.
    case releaseSignIn
    /// Renames the cached client registration, so that the next sign-in creates a new one; the new name contains the
    /// date. Reports `registrationSetAside`.
    case setRegistrationAside(SSOSession, at: Date)
    /// Runs a sign-in. Reports `signInStarted`, then `signInOutput` as it comes, then `signInEnded`.
    case startSignIn(SignInOrder)
    /// Ends the sign-in that runs, as at its time limit.
    case stopSignIn
    /// Looks for the sign-ins that earlier processes started. Reports `signInsFound`.
    case findSignIns
    /// Waits for a sign-in that an earlier process started, for this many seconds. Reports as `startSignIn` does.
    case adoptSignIn(AgentState.RunningSignIn, timeLeft: TimeInterval)
    /// The output of the ended sign-in need no longer be kept for a later process.
    case forgetSignInOutput

    // MARK: Surroundings

    /// Reports `loginSessions`, `woke`, `networkReturned` and `cannotWatch` from now on.
    case watchSurroundings

    // MARK: Clients and the desktop

    /// Sends the final reply to a call.
    case reply(ClientID, Reply)
    /// Sends an intermediate reply to a call; of several unread ones only the newest is kept.
    case tell(ClientID, Reply)
    /// Looks for a notification server. Reports `desktop`.
    case connectDesktop(startsServer: Bool)
    /// Whether the connection to it is still needed.
    case keepDesktop(Bool)
    /// Shows it, replacing the one with this ID; 0 for none. Reports `notificationShown`.
    case show(session: String, Notification, replacing: UInt32)
    case closeNotification(UInt32)
    /// Reports `notifyEnded`.
    case startNotify(NotifyOrder)
    /// Runs `setup`, with what `config.json` gives. Reports `setUpEnded`.
    case startSetUp
}

/// A refresh to run.
package struct RefreshOrder: Equatable, Sendable {
    package var session: SSOSession
    /// The token's known expiry, which the refresh moves.
    package var expiresAt: Date
    /// The base URL of the OIDC service.
    package var endpoint: String
    /// CA certificates to trust instead of the system's.
    package var caBundle: String?
    /// See `SessionFacts`.
    package var claudeFolder: String?
    /// Seconds until it is killed.
    package var timeout: TimeInterval

    /// Well above the helper's own limits: two answers of 30 s each, and reading the file in between.
    package static let patience: TimeInterval = 120

    package init(
        session: SSOSession, expiresAt: Date, endpoint: String, caBundle: String? = nil, claudeFolder: String? = nil,
        timeout: TimeInterval
    ) {
        self.session = session
        self.expiresAt = expiresAt
        self.endpoint = endpoint
        self.caBundle = caBundle
        self.claudeFolder = claudeFolder
        self.timeout = timeout
    }
}

/// A sign-in to run.
package struct SignInOrder: Equatable, Sendable {
    package var session: SSOSession
    /// A shell command line.
    package var command: String
    /// See `SessionFacts`.
    package var claudeFolder: String?
    /// Seconds until it is killed.
    package var timeout: TimeInterval
    /// What is known of it now.
    package var record: AgentState.RunningSignIn
}

/// A message to a person who is elsewhere.
package struct NotifyOrder: Equatable, Sendable {
    package var session: SSOSession
    /// A shell command line.
    package var command: String
    /// What it gets on its standard input; no secrets.
    package var message: String
    /// See `SessionFacts`.
    package var claudeFolder: String?
    /// Seconds until it is killed.
    package var timeout: TimeInterval = 60
}

/// An answer to a client.
package enum Reply: Equatable, Sendable {
    case done
    case status(Status)
    case signIn(Condition, url: String?, code: String?)
    case failed(ControlError)
}

/// Why a call failed, as in `org.bedrockagent.Control`.
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
