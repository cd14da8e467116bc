import FoundationEssentials

/// The sign-in that runs.
struct SignInWork: Sendable {
    var session: String
    var output = SignInOutput()
    /// Its transient unit.
    var unit: String?
    var waiting: [Asker] = []
    /// An earlier process started it.
    var isAdopted = false
    /// The host has started or found it.
    var isRunning = false
    /// Somebody has signed in since this instant on the boot clock, perhaps by this very command.
    var overSince: TimeInterval?
    var isStopped = false
    /// It failed so with a registration that the service does not know any more; once that is set aside, it runs again.
    var repeatsAfter: Ending?
    var isRepeated = false
    /// It is `bedrock-agent cover`.
    var isRenewal = false
    var ending: Ending?

    /// How it ended. `word` and `reason` are used if it failed.
    struct Ending: Sendable {
        var word: String
        var reason: String
        var commandFailed = true

        /// Before its command did.
        static let over = Ending(word: "ok", reason: "", commandFailed: false)
        static let unwatched = Ending(
            word: "unwatched", reason: "it ended while no daemon was running", commandFailed: false)
    }

    /// Seconds between two checks of the lock, while somebody waits for a sign-in in a terminal.
    static let lockPause: TimeInterval = 1
    /// Seconds in which a command whose sign-in is over can end by itself: it may have brought the token.
    static let grace: TimeInterval = 5

    /// When the command is stopped, on the boot clock. One that has signed in itself may have more to do.
    var stopsAt: TimeInterval? {
        isRunning && !isStopped && !output.hasSignedIn ? overSince.map { $0 + SignInWork.grace } : nil
    }
}

/// A client that waits for a sign-in.
struct Asker: Equatable, Sendable {
    var client: ClientID
    var wantsMore: Bool
}

/// Who asked for a sign-in that has not started here.
struct Askers: Sendable {
    var clients: [Asker] = []
    /// The notification's button was pressed.
    var isFromDesktop = false
    /// The session is to be replaced, as its notification offers.
    var wantsRenewal = false
    /// They have been waiting for a sign-in in a terminal since this instant; the token is the one from then.
    var since: Date?
    var before: String?

    var waits: Bool { since != nil }
}
