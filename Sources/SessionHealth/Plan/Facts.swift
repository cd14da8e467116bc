import FoundationEssentials

/// Everything that the plan is made from: what the files say, what was tried, and who is there.
package struct Facts: Equatable, Sendable {
    package var policy = Policy()
    package var presence = Presence.present
    /// When the network last returned or the machine last woke, on the boot clock: a reason to try at once.
    package var retryHint: TimeInterval?
    package var claude = ClaudeFacts()
    package var sessions: [SessionFacts] = []
    /// The one sign-in under way on this host.
    package var signIn: SignInInFlight?
    /// When automatic sign-ins started, oldest first. Kept across restarts.
    package var automaticSignIns: [Date] = []
    /// Why our own records cannot be written; nil while they can.
    package var unsaved: String?
    /// Which files cannot be watched, and why; nil while all of them are.
    package var unwatched: String?
    /// What reading the files brought to light.
    package var findings: [Finding] = []
    /// Since when Claude Code's settings may be in the middle of somebody's write, on the boot clock.
    package var settingsDoubtfulSince: TimeInterval?

    package init() {}
}

/// What Claude Code will use, or why there is no session of its to guard.
package struct ClaudeFacts: Equatable, Sendable {
    package enum Guard: Equatable, Sendable {
        /// Its session is the one of this name in `Facts.sessions`.
        case session(String)
        /// There is nothing to guard, and this is why.
        case unguarded(reason: String, fix: String)
        /// Something is wrong in a file; a finding says what.
        case misconfigured
    }

    package var subject = Guard.unguarded(reason: "nothing has been read yet", fix: "bedrock-agent setup")
    package var usesBedrock = false
    package var profile: String?
    package var region: String?
    package var model: String?
    package var awsAuthRefresh: String?
    package var approved = false
    package var settingsPath: String?

    package init() {}
}

/// One Identity Center session, as the files and our own records have it.
package struct SessionFacts: Equatable, Sendable {
    package var session: SSOSession
    /// The guarded profiles that share it.
    package var profiles: [String]
    package var token = TokenFacts.absent
    /// The file was looked at: what changes from now on happened while this process watched.
    package var tokenWasRead = false
    package var registration = RegistrationFacts.absent
    package var command = SignInCommand.missing
    /// The base URL of its OIDC service; nil where the configuration of it is wrong.
    package var endpoint: String?
    /// CA certificates to trust instead of the system's.
    package var caBundle: String?
    /// Where in `0 ..< 1` this session's refreshes fall in the jitter; drawn once, at the edge.
    package var jitter: Double = 0
    package var isRefreshing = false
    /// `bedrock-agent login` runs a sign-in to it by itself.
    package var isSigningInElsewhere = false
    /// When the refresh under way began, on the boot clock.
    package var refreshStartedAt: TimeInterval?
    /// Somebody asked for a refresh now, due or not.
    package var refreshIsAsked = false
    /// The last refresh that this process tried.
    package var lastTry: RefreshTry?
    package var record = SessionRecord()

    package init(session: SSOSession, profiles: [String]) {
        self.session = session
        self.profiles = profiles
    }
}

/// What the token file holds, secrets left out.
package enum TokenFacts: Equatable, Sendable {
    case absent
    /// Empty or not whole, perhaps in the middle of somebody's write, since this time on the boot clock.
    case torn(since: TimeInterval, reason: String, last: TokenClocks?)
    /// There, and not readable by us.
    case unreadable(String)
    case found(TokenClocks)
}

/// What would sign in to a session, and whether it may run.
package enum SignInCommand: Equatable, Sendable {
    /// A shell command line.
    case approved(String)
    case unapproved(String)
    /// Its file could have been written by somebody else; the reason names file and remedy.
    case untrusted(reason: String)
    case missing
}

/// A refresh that this process tried.
package struct RefreshTry: Equatable, Sendable {
    /// When it ended.
    package var at: Moment
    /// When it began, on the boot clock: what happened since then is news to it.
    package var startedAt: TimeInterval
    package var outcome: RefreshOutcome
    /// The token it was tried with.
    package var fingerprint: String
    /// How many in a row did not work, this one included.
    package var failures: Int
    /// Where in `-1 ... 1` this retry falls in the spread of ±20 %; drawn once, at the edge.
    package var spread: Double

    package init(
        at: Moment, startedAt: TimeInterval? = nil, outcome: RefreshOutcome, fingerprint: String, failures: Int = 0,
        spread: Double = 0
    ) {
        self.at = at
        self.startedAt = startedAt ?? at.boot
        self.outcome = outcome
        self.fingerprint = fingerprint
        self.failures = failures
        self.spread = spread
    }
}

/// A sign-in under way.
package struct SignInInFlight: Equatable, Sendable {
    package var session: String
    package var startedAt: Date
    package var isAutomatic: Bool
    /// The token that there was before it; nil where that is not known.
    package var before: String?
    /// Where the person signs in, once the command has said so.
    package var url: String?
    /// The code that the page shows for comparison.
    package var code: String?

    package init(
        session: String, startedAt: Date, isAutomatic: Bool, before: String? = nil, url: String? = nil,
        code: String? = nil
    ) {
        self.session = session
        self.startedAt = startedAt
        self.isAutomatic = isAutomatic
        self.before = before
        self.url = url
        self.code = code
    }
}
