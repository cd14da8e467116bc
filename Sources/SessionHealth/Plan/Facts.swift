import FoundationEssentials

/// Everything that the plan depends on: what the files say, what was tried, and who is there.
package struct Facts: Equatable, Sendable {
    package var policy = Policy()
    package var presence = Presence.present
    /// When the network last returned or the machine last woke, on the boot clock: a reason to retry at once.
    package var retryHint: TimeInterval?
    /// Claude Code with the folder that this process's own environment names.
    package var claude = ClaudeFacts()
    /// Claude Code with each of the other folders that are guarded.
    package var otherClaudes: [ClaudeFacts] = []
    package var sessions: [SessionFacts] = []
    /// What `profiles` in `config.json` names: guarded for other programs than Claude Code.
    package var profiles: [ProfileFacts] = []
    /// The one sign-in under way on this host.
    package var signIn: SignInInFlight?
    /// When automatic sign-ins started, oldest first. Kept across restarts.
    package var automaticSignIns: [Date] = []
    /// What tells a person who is elsewhere of what waits for them: `notify` in `config.json`.
    package var notify = UserCommand.missing
    /// Kept across restarts.
    package var attendance = Attendance()
    /// Why our own records cannot be written; nil if they can.
    package var unsaved: String?
    /// Which files cannot be watched, and why; nil if all are.
    package var unwatched: String?
    /// Since when files that decide what to guard cannot be read, for reasons that may pass, on the boot clock.
    package var unreadSince: TimeInterval?
    /// Findings from reading the files.
    package var findings: [Finding] = []
    /// Since when another program may be writing Claude Code's settings, on the boot clock.
    package var settingsDoubtfulSince: TimeInterval?

    package init() {}

    /// Claude Code with each of the folders that are guarded.
    package var claudes: [ClaudeFacts] { [claude] + otherClaudes }

    /// The sign-in to this session that a person is waited for in.
    func waitingSignIn(to session: String) -> SignInInFlight? {
        signIn.flatMap { $0.session == session && !$0.isOver ? $0 : nil }
    }
}

/// What Claude Code uses, or why it has no session to guard.
package struct ClaudeFacts: Equatable, Sendable {
    package enum Guard: Equatable, Sendable {
        /// Its session is the one of this name in `Facts.sessions`.
        case session(String)
        /// There is nothing to guard, for this reason.
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
    /// Nobody has set it up: nothing says that it should not use Bedrock, or its profile is not there yet.
    package var isUnset = false
    /// Findings from reading its files.
    package var findings: [Finding] = []

    package init() {}
}

/// A profile that `config.json` names, or why it has no session to guard.
package struct ProfileFacts: Equatable, Sendable {
    package var name: String
    package var subject: ClaudeFacts.Guard

    package init(_ name: String, _ subject: ClaudeFacts.Guard) {
        self.name = name
        self.subject = subject
    }
}

/// One Identity Center session, according to the files and our own records.
package struct SessionFacts: Equatable, Sendable {
    package var session: SSOSession
    /// The guarded profiles that share it.
    package var profiles: [String]
    package var token = TokenFacts.absent
    /// The token file has been read: later changes happened while this process was watching.
    package var tokenWasRead = false
    package var registration = RegistrationFacts.absent
    package var command = UserCommand.missing
    /// The base URL of its OIDC service; nil if its configuration is wrong.
    package var endpoint: String?
    /// Why there is none: what is wrong, and where.
    package var endpointProblem: String?
    /// CA certificates to trust instead of the system's.
    package var caBundle: String?
    /// The folder of Claude Code's that led to it; nil for the one that this process's own environment names.
    package var claudeFolder: String?
    /// This session's share of the jitter, in `0 ..< 1`; drawn outside the plan.
    package var jitter: Double = 0
    package var isRefreshing = false
    /// A `bedrock-agent login` is signing in to it, or somebody runs a sign-in of the AWS CLI.
    package var isSigningInElsewhere = false
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
    /// Empty or incomplete, perhaps being written, since this time on the boot clock.
    case torn(since: TimeInterval, reason: String, last: TokenClocks?)
    case unreadable(UnreadableFile)
    /// Not read since this time on the boot clock, for a reason that may pass; `last` still counts.
    case unread(UnreadableFile, since: TimeInterval, last: TokenClocks?)
    case found(TokenClocks)
}

/// A command of the user's, and whether it may run.
package enum UserCommand: Equatable, Sendable {
    /// A shell command line.
    case approved(String)
    case unapproved(String)
    /// Others could have written it, or it is not what it looks like; the reason names the place.
    case untrusted(reason: String, fix: String)
    case missing

    /// Its text, where that decides whether it may run.
    package var line: String? {
        switch self {
        case .approved(let line), .unapproved(let line): line
        case .untrusted, .missing: nil
        }
    }
}

/// A refresh that this process tried.
package struct RefreshTry: Equatable, Sendable {
    /// When it ended.
    package var at: Moment
    /// When it started, on the boot clock; events after that are new to it.
    package var startedAt: TimeInterval
    package var outcome: RefreshOutcome
    /// The token it was tried with.
    package var fingerprint: String
    /// How many in a row failed, including this one.
    package var failures: Int
    /// This retry's share of the spread of ±20 %, in `-1 ... 1`; drawn outside the plan.
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
    /// The token before it; nil if unknown.
    package var before: String?
    /// False if the session still worked and somebody asked all the same.
    package var isNeeded: Bool
    /// The token before it could be refreshed, so that another one is no proof of a sign-in.
    package var couldBeRefreshed = false
    /// It ends the session and begins another, as `bedrock-agent cover` does.
    package var isRenewal = false
    /// Somebody has signed in meanwhile; its command has yet to end.
    package var isOver = false
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
        // One that starts by itself is; of one on request that is known only at its start.
        isNeeded = isAutomatic
        self.url = url
        self.code = code
    }
}
