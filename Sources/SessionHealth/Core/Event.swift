import FoundationEssentials

/// What can happen to the agent. Each event comes with its moment; the core learns of nothing in any other way.
package enum Event: Sendable {
    // MARK: The process

    /// The process has started, with this from `state.json`; `damage` says why that could not be read, and `isPassing`
    /// that the next reading may succeed.
    case started(AgentState, damage: String?, isPassing: Bool = false)
    /// An instant from `Effect.arm` has come.
    case timer
    /// All pending events have been reported.
    case settled
    /// SIGHUP.
    case reloadAsked
    /// SIGTERM or SIGINT.
    case stopAsked
    /// Serving the control socket failed, for this reason.
    case cannotServe(String)

    // MARK: Files

    /// These watched files may have changed.
    case filesChanged(Set<String>)
    case configurationRead(ConfigurationReading)
    case tokensRead([SessionReading])
    /// The files are watched, except for those that the reason names; nil if all are.
    case watched(failure: String?)
    /// The state was written, or why it was not; or else what somebody else has written.
    case saved(failure: String?, found: AgentState? = nil)

    // MARK: Programs

    /// The refresh of this session ended with this output.
    case refreshEnded(session: String, ProgramEnding, output: [UInt8])
    /// Whether a `bedrock-agent login` is signing in to this session, and what it tells those who wait; else whether
    /// somebody runs a sign-in that takes no lock.
    case signInLockSeen(session: String, isTaken: Bool, note: SignInNote?, isForeign: Bool = false)
    /// What came of `reserveSignIn`.
    case signInReserved(session: String, Reservation)
    /// The sign-in runs; the record lets a later process find it.
    case signInStarted(AgentState.RunningSignIn)
    case signInOutput([UInt8])
    case signInEnded(ProgramEnding)
    /// The running sign-ins of daemons, each with the key of its session in the place of the name; nil if the service
    /// manager could not be asked.
    case signInsFound([AgentState.RunningSignIn]?)
    /// The new path of the cached client registration (nil if there was none), or why it was not renamed.
    case registrationSetAside(session: String, Result<String?, HostFailure>)
    /// The command was approved, or why it could not be.
    case approved(String, failure: String?)

    // MARK: Surroundings

    /// The logins of this user; nil without logind.
    case loginSessions([LoginSession]?)
    /// The machine was asleep.
    case woke
    /// There is a new route to another network.
    case networkReturned
    /// Part of the surroundings cannot be watched.
    case cannotWatch(String)

    // MARK: Clients and the desktop

    case called(ClientID, Request)
    /// The client disconnected before its final reply.
    case hungUp(ClientID)
    /// There is another notification server, or none.
    case desktop(DesktopState)
    /// The notification has this ID; nil if it was not shown.
    case notificationShown(session: String, Notification, id: UInt32?)
    case notificationClosed(UInt32)
    case buttonPressed(UInt32, Notification.Button)
    /// `notify` ended with this output, after it was given the message about this session.
    case notifyEnded(session: String, ProgramEnding, output: [UInt8])
    /// `setup` ended with this output, after the person had agreed to it.
    case setUpEnded(ProgramEnding, output: [UInt8])
}

/// What came of `Effect.reserveSignIn`.
package enum Reservation: Sendable {
    case done
    /// Another daemon, or a `bedrock-agent login`, is signing in.
    case taken
    /// Nothing was written: there is another token than the one that was to be replaced. The report that its file has
    /// changed may still be on its way.
    case outdated(SessionReading)
    /// Nothing was written: somebody else has written this.
    case found(AgentState)
    /// The state cannot be written, for this reason.
    case failed(String)
}

/// How a program ended.
package enum ProgramEnding: Equatable, Sendable {
    /// An exit code, or the negated signal.
    case exited(Int32)
    case timedOut
    /// The exit status is not known.
    case unknown
    /// It could not be started, for this reason.
    case cannotStart(String)
}

/// Identifies a client's call until its final reply.
package typealias ClientID = Int

extension ClientID {
    /// Asks one-way: nothing is kept of it, and nobody waits for the answer.
    package static let nobody: ClientID = 0
}

/// What a client asks for.
package enum Request: Equatable, Sendable {
    case monitor
    /// `isContinued`: the call was made to an earlier process, so its sign-in may have ended. `since`: a sign-in that ended
    /// then or later counts, as for whoever asks because of a token that has been replaced meanwhile.
    case signIn(session: String?, wantsMore: Bool, isContinued: Bool, since: Date? = nil)
    case refresh(session: String?)
    case approve(command: String?)
    case reload
}

/// What the core knows about the notification server.
package enum DesktopState: Equatable, Sendable {
    /// Not asked yet, or the bus is gone.
    case disconnected
    /// The bus has none.
    case absent
    /// The name distinguishes servers: notification IDs are valid for one only.
    case serving(String)
}
