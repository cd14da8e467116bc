import FoundationEssentials

extension LoginSteps {
    package enum Step: Equatable, Sendable {
        /// Reads the session's files and checks the sign-in lock.
        case look
        /// Shows where to sign in.
        case show(url: String?, code: String?)
        /// Waits for this many seconds.
        case pause(TimeInterval)
        /// Asks the access portal whether the session works.
        case askPortal
        /// Asks the daemon to sign in, or joins its sign-in.
        case askDaemon
        case takeLock
        case releaseLock
        /// Finds the program that signs in.
        case findCommand
        /// Clears what was told to those who wait.
        case clearNote
        case setRegistrationAside
        /// Refreshes the token: that tells whether the service knows the client still, and may be all that is needed.
        case refresh
        /// Runs the program, for at most this many seconds.
        case runCommand(timeLeft: TimeInterval)
        /// Tells those who wait.
        case tell(SignInNote)
        case end(End)
    }

    package enum End: Equatable, Sendable {
        /// The session works.
        case signedIn
        case failed(String)
        /// By this signal.
        case interrupted(Int32)
    }

    package enum Outcome: Sendable {
        case looked(Sight)
        case shown, paused, cleared, told
        case joined
        /// No daemon, or it would not sign in to this session: it is up to us.
        case noDaemon
        /// False if another process was faster.
        case lock(isOurs: Bool)
        case released
        /// The portal refuses the token; false also if it cannot be asked.
        case portal(isOver: Bool)
        case found
        /// Whether there was one.
        case setAside(Bool)
        /// Nil if it could not be tried.
        case refreshed(RefreshOutcome?)
        case ran(Ending, SignInOutput)
        /// The step failed, for this reason.
        case failed(String)
    }

    /// How the program ended.
    package enum Ending: Equatable, Sendable {
        /// An exit code, or the negated signal.
        case exited(Int32)
        case timedOut
        /// By this signal of ours.
        case interrupted(Int32)
        /// It goes on for whoever asks next, and we were ended by this signal.
        case left(Int32)
        case cannotStart(String)
    }
}
