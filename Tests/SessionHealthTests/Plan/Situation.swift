// The initial situation of the tables, and what a row expects of its plan.
import FoundationEssentials
import SessionHealth
import Testing

let minute: TimeInterval = 60
let hour: TimeInterval = 3600
let day: TimeInterval = 86400

/// 2026-11-23T09:00:00Z, when the user signed in. All times in the tables are in seconds after it.
let signedIn = Date(timeIntervalSince1970: 1_795_424_400)
/// The boot clock at that time; it differs from the wall clock, so that mixing them up is noticed.
let bootThen: TimeInterval = 5000

func moment(_ seconds: TimeInterval) -> Moment { Moment(wall: signedIn + seconds, boot: bootThen + seconds) }

func wall(_ seconds: TimeInterval) -> Wake { Wake(wall: signedIn + seconds) }
func boot(_ seconds: TimeInterval) -> Wake { Wake(boot: bootThen + seconds) }

extension Facts {
    /// A user who is present and signed in to `corp` at `signedIn`: a token for an hour, a registration for 90 days.
    static var corp: Facts {
        var facts = Facts()
        facts.claude.subject = .session("corp")
        facts.claude.profile = "work-dev"
        facts.claude.usesBedrock = true
        facts.sessions = [SessionFacts.named("corp", profile: "work-dev")]
        return facts
    }

    /// The same with a legacy profile and its 8 hours.
    static var legacy: Facts {
        var facts = corp
        facts.claude.subject = .session("https://corp.awsapps.com/start")
        facts.sessions[0].session = SSOSession(legacyStartURL: "https://corp.awsapps.com/start", region: "us-west-2")
        facts.sessions[0].token = .found(.legacy())
        return facts
    }

    /// The first session, for rows that change something about it.
    var session: SessionFacts {
        get { sessions[0] }
        set { sessions[0] = newValue }
    }

    func changed(_ change: (inout Facts) -> Void) -> Facts {
        var facts = self
        change(&facts)
        return facts
    }
}

extension SessionFacts {
    static func named(_ name: String, profile: String) -> SessionFacts {
        var session = SessionFacts(
            session: SSOSession(
                name: name, startURL: "https://\(name).awsapps.com/start", region: "us-west-2",
                scopes: [SSOSession.accountScope]),
            profiles: [profile])
        session.token = .found(.hour())
        session.registration = .found(expiresAt: signedIn + 90 * day)
        session.command = .approved("aws sso login --profile \(profile)")
        session.record.signedInAt = signedIn
        return session
    }

    /// The last attempt ended like this, at this second.
    mutating func tried(
        _ outcome: RefreshOutcome, at seconds: TimeInterval, failures: Int = 1, spread: Double = 0,
        token fingerprint: String = "t1"
    ) {
        lastTry = RefreshTry(
            at: moment(seconds), outcome: outcome, fingerprint: fingerprint, failures: failures, spread: spread)
    }

    mutating func refused(_ outcome: RefreshOutcome, token fingerprint: String = "t1") {
        record.refusal = .init(fingerprint: fingerprint, outcome: outcome, at: signedIn + 2400)
    }

    mutating func signInFailed(_ times: Int, at seconds: TimeInterval, _ word: String = "timed-out") {
        record.failedSignIns = times
        record.lastSignIn = .init(at: signedIn + seconds, result: word)
    }
}

extension TokenClocks {
    static func hour(
        from start: TimeInterval = 0, for lifetime: TimeInterval = 3600, registration: TimeInterval? = 90 * day,
        _ fingerprint: String = "t1"
    ) -> TokenClocks {
        TokenClocks(
            expiresAt: signedIn + start + lifetime, registrationExpiresAt: registration.map { signedIn + $0 },
            hasRefreshToken: true, hasClient: true, writtenAt: signedIn + start, fingerprint: fingerprint)
    }

    static func legacy(
        from start: TimeInterval = 0, until end: TimeInterval = 8 * 3600, _ fingerprint: String = "t1"
    ) -> TokenClocks {
        TokenClocks(
            expiresAt: signedIn + end, registrationExpiresAt: nil, hasRefreshToken: false, hasClient: true,
            writtenAt: signedIn + start, fingerprint: fingerprint)
    }
}

/// What a session's plan does, without details.
enum Deed: Equatable, Sendable {
    case nothing, refresh, signIn, earlySignIn, signInWithNewRegistration

    init(_ action: Action?) {
        switch action {
        case nil: self = .nothing
        case .refresh: self = .refresh
        case .signIn(_, isEarly: true, _): self = .earlySignIn
        case .signIn(_, _, setsRegistrationAside: true): self = .signInWithNewRegistration
        case .signIn: self = .signIn
        }
    }
}

/// One row of a table: the plan for the first session of `facts`.
struct Row: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let facts: Facts
    let at: Moment
    let deed: Deed
    let condition: Condition
    var next: TimeInterval?
    var wake: Wake
    var codes: [String]

    /// `next` is the second at which the plan's next action is due. The registration's first warning is always added.
    init(
        _ name: String, _ facts: Facts, at seconds: TimeInterval, _ deed: Deed, _ condition: Condition,
        next: TimeInterval? = nil, wake: Wake = Wake(), _ codes: [String] = []
    ) {
        self.init(name, facts, at: moment(seconds), deed, condition, next: next, wake: wake, codes)
    }

    init(
        _ name: String, _ facts: Facts, at now: Moment, _ deed: Deed, _ condition: Condition,
        next: TimeInterval? = nil, wake: Wake = Wake(), _ codes: [String] = []
    ) {
        testDescription = name
        self.facts = facts
        self.at = now
        self.deed = deed
        self.condition = condition
        self.next = next
        self.wake = wake
        self.codes = codes
    }

    func check(_ location: SourceLocation = #_sourceLocation) {
        let session = plan(for: facts, at: at).sessions[0]
        #expect(Deed(session.action) == deed, sourceLocation: location)
        #expect(session.condition == condition, sourceLocation: location)
        #expect(session.next?.at == next.map { signedIn + $0 }, sourceLocation: location)
        #expect(session.findings.map(\.codeName) == codes, sourceLocation: location)
        var expected = wake
        // 7 days before the 90 days are over.
        let hasRegistration = facts.session.token.clocks?.registrationExpiresAt == signedIn + 90 * day
        if hasRegistration, at.wall < signedIn + 83 * day { expected.sooner(wall(83 * day)) }
        #expect(session.wake == expected, sourceLocation: location)
    }
}
