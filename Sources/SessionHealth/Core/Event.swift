/// What can happen to the agent. Each comes with the moment in which it happened; nothing else tells the core anything.
package enum Event: Sendable {
    // MARK: The process

    /// The process is up. `state.json` said this; `damage` says why it could not be read.
    case started(AgentState, damage: String?)
    /// An instant has come that was asked for by `Effect.arm`.
    case timer
    /// Everything that was pending has been heard.
    case settled
    /// SIGHUP.
    case reloadAsked
    /// SIGTERM or SIGINT.
    case stopAsked
    /// The control socket cannot be served, for this reason.
    case cannotServe(String)

    // MARK: Files

    /// These of the watched files may be different now.
    case filesChanged(Set<String>)
    case configurationRead(ConfigurationReading)
    case tokensRead([SessionReading])
    /// The files are watched, but for those that the reason names; nil where all of them are.
    case watched(failure: String?)
    /// The state was written, or why it was not.
    case saved(failure: String?)

    // MARK: Programs

    /// The refresh of this session has ended and printed this.
    case refreshEnded(session: String, ProgramEnding, output: [UInt8])
    /// Whether a `bedrock-agent login` signs in to this session by itself, and what it tells those who wait for it.
    case signInLockSeen(session: String, isTaken: Bool, note: SignInNote?)
    /// The sign-in runs, and this is how a later process finds it.
    case signInStarted(AgentState.RunningSignIn)
    case signInOutput([UInt8])
    case signInEnded(ProgramEnding)
    /// The sign-ins that the service manager knows of; nil where it could not be asked.
    case signInsFound([AgentState.RunningSignIn]?)
    /// Where the cached client registration is now (nil without one), or why it is where it was.
    case registrationSetAside(session: String, Result<String?, HostFailure>)
    /// The command was approved, or why it could not be.
    case approved(String, failure: String?)

    // MARK: Surroundings

    /// The logins of this user; nil where logind cannot be asked.
    case loginSessions([LoginSession]?)
    /// The machine was asleep.
    case woke
    /// There is a new way to some other network.
    case networkReturned
    /// Something of the surroundings cannot be watched.
    case cannotWatch(String)

    // MARK: Clients and the desktop

    case called(ClientID, Request)
    /// The client went away before its last answer.
    case hungUp(ClientID)
    /// There is another notification server, or none.
    case desktop(DesktopState)
    /// The notification has this id now; nil where it was not shown.
    case notificationShown(session: String, Notification, id: UInt32?)
    case notificationClosed(UInt32)
    case buttonPressed(UInt32, Notification.Button)
}

/// How a program ended.
package enum ProgramEnding: Equatable, Sendable {
    /// An exit code, or the negated signal.
    case exited(Int32)
    case timedOut
    /// Nobody told us.
    case unknown
    /// It did not run at all.
    case cannotStart(String)
}

/// A call of a client that waits for its answer.
package typealias ClientID = Int

/// What a client asks for.
package enum Request: Equatable, Sendable {
    case monitor
    /// `isContinued`: an earlier process was asked, so the sign-in that is meant may be over.
    case signIn(session: String?, wantsMore: Bool, isContinued: Bool)
    case refresh(session: String?)
    case approve(command: String?)
    case reload
}

/// The notification server as the core knows it.
package enum DesktopState: Equatable, Sendable {
    /// Nobody has asked yet, or the bus has gone.
    case disconnected
    /// The bus has none.
    case absent
    /// The name tells one server from another: ids are good for one only.
    case serving(String)
}
