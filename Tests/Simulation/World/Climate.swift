import FoundationEssentials

/// What goes wrong in a world, and how its person behaves.
struct Climate: Sendable {
    /// Seconds of a portal session.
    var portalLength: TimeInterval = 8 * 3600
    /// Seconds of a client registration.
    var registrationLength: TimeInterval = 90 * 86400
    var isLegacy = false
    /// Whether a refresh also gives a new refresh token, and spends the old one.
    var rotates = false
    var clis = 10
    /// Sessions that `config.json` has guarded besides the one that Claude Code uses.
    var sideSessions = 0
    /// Refreshers and editors truncate a file before they write it.
    var hasTornWrites = false

    var hasOutages = false
    /// In some of them the service answers, and refuses.
    var hasRefusals = false
    var hasSuspends = false
    var hasClockJumps = false
    /// The disk is full now and then, or inotify at its limit.
    var hasFullDisks = false

    /// The daemon is stopped, or killed, while it has nothing to do.
    var hasRestarts = false
    /// How likely the daemon dies before any one effect.
    var crashes = 0.0
    /// How likely a refresh dies before any one step.
    var refreshCrashes = 0.0
    var hasPowerCuts = false
    /// Sign-ins run as units of the service manager, which a later daemon finds; else as plain processes.
    var hasUnits = true

    var personLeaves = false
    /// How often a present person follows a sign-in through.
    var diligence = 1.0
    /// The person asks over the control socket and by `bedrock-agent login`, presses buttons, signs out, edits files.
    var isBusy = false
    var hasLogind = true
    var screen = Screen.Kind.reliable
}
