import FoundationEssentials

/// What goes wrong in a world, and how its user behaves.
struct Climate: Sendable {
    /// How long a portal session lasts, in seconds.
    var portalLength: TimeInterval = 8 * 3600
    /// How long a client registration lasts, in seconds.
    var registrationLength: TimeInterval = 90 * 86400
    var isLegacy = false
    /// What becomes of the refresh token in a refresh.
    var rotation = Rotation.none
    var clis = 10
    /// The number of sessions guarded because of `config.json`, in addition to Claude Code's.
    var sideSessions = 0
    /// Programs that refresh or edit truncate a file before writing it.
    var hasTornWrites = false

    var hasOutages = false
    /// During some outages, the service responds with a refusal.
    var hasRefusals = false
    var hasSuspends = false
    var hasClockJumps = false
    /// The disk is sometimes full, or inotify at its limit.
    var hasFullDisks = false

    /// Now and then, the system refuses to start a sign-in, or to rename a file.
    var hasRefusedCalls = false
    /// Now and then, `state.json` is gone when a daemon starts.
    var losesState = false

    /// The daemon is stopped or killed while it is idle.
    var hasRestarts = false
    /// The probability that the daemon dies before an effect.
    var crashes = 0.0
    /// The probability that a refresh dies before a step.
    var refreshCrashes = 0.0
    var hasPowerCuts = false
    /// Sign-ins run as units of the service manager, which a later daemon can find; otherwise as plain processes.
    var hasUnits = true

    var personLeaves = false
    /// The probability that a present user completes a sign-in.
    var diligence = 1.0
    /// The user calls the control socket, runs `bedrock-agent login`, presses buttons, signs out and edits files.
    var isBusy = false
    /// Much happens in the same instant, or at the worst moment.
    var hasCoincidences = false
    var hasLogind = true
    var screen = Screen.Kind.reliable
    /// A whole year of a user's; what else is said here, its days and misfortunes, comes on top of that.
    var year: UserYear?

    enum Rotation: Sendable {
        /// The answer contains none, and the old one stays valid.
        case none
        /// The answer contains the old one again.
        case repeats
        /// The answer contains a new one, and the old one is used up.
        case spends
    }
}
