import FoundationEssentials
import SessionHealth
import Testing

@Suite struct StatusTests {
    private static let running = Status.Daemon(running: true, version: "0.1.0", pid: 4242, since: signedIn)

    private static func status(
        _ facts: Facts, at seconds: TimeInterval = 600, daemon: Status.Daemon = running
    ) -> Status {
        Status(facts, plan(for: facts, at: moment(seconds)), at: moment(seconds).wall, daemon: daemon)
    }

    private static func text(_ status: Status, at seconds: TimeInterval = 600) -> [String] {
        let time = { (date: Date) in String(Timestamp.format(date).dropFirst(11).prefix(5)) }
        return StatusText(status, now: moment(seconds).wall, local: time).text.split(separator: "\n").map(String.init)
    }

    private static let full = Facts.corp.changed {
        $0.claude.region = "us-west-2"
        $0.claude.model = "global.anthropic.x"
        $0.claude.awsAuthRefresh = "aws sso login --profile work-dev"
        $0.claude.approved = true
        $0.claude.settingsPath = "/home/u/.claude/settings.json"
        $0.session.record.lastRefresh = .init(at: signedIn, result: "ok")
        $0.session.record.lastSignIn = .init(at: signedIn, result: "ok")
        $0.session.record.lifetimes = [8 * hour]
        $0.findings = [Finding(.unguarded, .info, subject: "s", message: "m", fix: "f")]
    }

    /// The complete JSON, with sorted keys.
    @Test func theFormOfItsJSON() {
        let expected = """
            {"claude":{"approved":true,"awsAuthRefresh":"aws sso login --profile work-dev","model":"global.anthropic.x",\
            "profile":"work-dev","region":"us-west-2","settings":"/home/u/.claude/settings.json","usesBedrock":true},\
            "condition":"healthy","daemon":{"pid":4242,"running":true,"since":"2026-11-23T09:00:00Z","version":"0.1.0"},\
            "findings":[{"code":"unguarded","fix":"f","message":"m","severity":"info","subject":"s"}],\
            "sessions":[{"accessTokenExpiresAt":"2026-11-23T10:00:00Z","condition":"healthy","kind":"sso-session",\
            "lastRefresh":{"at":"2026-11-23T09:00:00Z","result":"ok"},\
            "lastSignIn":{"at":"2026-11-23T09:00:00Z","result":"ok"},"name":"corp",\
            "next":{"action":"refresh","at":"2026-11-23T09:40:00Z"},"profiles":["work-dev"],"refreshable":true,\
            "region":"us-west-2","registrationExpiresAt":"2027-02-21T09:00:00Z","signedInAt":"2026-11-23T09:00:00Z",\
            "startUrl":"https://corp.awsapps.com/start","usualLifetime":28800}],"version":1}
            """
        #expect(String(decoding: StatusTests.status(StatusTests.full).json, as: UTF8.self) == expected)
    }

    @Test func aSignInUnderWayIsInItsJSON() {
        var facts = Facts.corp
        facts.signIn = SignInInFlight(
            session: "corp", startedAt: signedIn, isAutomatic: true, url: "https://x/?a=b", code: "ABCD-EFGH")
        let json = String(decoding: StatusTests.status(facts).json, as: UTF8.self)
        #expect(
            json.contains(
                #""signIn":{"code":"ABCD-EFGH","startedAt":"2026-11-23T09:00:00Z","url":"https://x/?a=b"}"#))
        #expect(json.hasPrefix(#"{"claude":{"approved":false,"profile":"work-dev","usesBedrock":true},"#))
    }

    @Test func itsJSONIsReadBack() throws {
        let status = StatusTests.status(StatusTests.full)
        #expect(try Status(json: status.json) == status)
        #expect(throws: (any Error).self) { try Status(json: Array(status.json.dropLast())) }
    }

    @Test(
        arguments: [
            .refreshed(expiresAt: signedIn), .adopted(expiresAt: signedIn), .offline(reason: "a\"b/ü"),
            .sessionEnded(error: "invalid_grant"), .registrationRefused(error: "invalid_client"),
            .refused(error: "e", description: "d"), .failed(reason: "r"),
        ] as [RefreshOutcome])
    func anOutcomeIsHandedOver(_ outcome: RefreshOutcome) throws {
        #expect(try RefreshOutcome(json: outcome.json) == outcome)
    }

    private static func condition(_ name: Condition) -> Facts {
        switch name {
        case .healthy: .corp
        case .refreshing: .corp.changed { $0.session.isRefreshing = true }
        case .expiring: .legacy.changed { $0.session.token = .found(.legacy(until: 900)) }
        case .offline: .corp.changed { $0.session.tried(.offline(reason: "DNS"), at: 590) }
        case .signingIn:
            .corp.changed {
                $0.signIn = SignInInFlight(
                    session: "corp", startedAt: signedIn, isAutomatic: true, url: "https://x/", code: "ABCD-EFGH")
            }
        case .unguarded:
            .corp.changed { $0.claude.subject = .unguarded(reason: "AWS_BEARER_TOKEN_BEDROCK is set", fix: "unset it") }
        case .misconfigured:
            .corp.changed { $0.session.refused(.refused(error: "access_denied", description: "KMS")) }
        case .signInNeeded: .corp.changed { $0.session.refused(.sessionEnded(error: "invalid_grant")) }
        }
    }

    @Test(
        arguments: [
            (.healthy, 0, "healthy: work-dev is refreshed automatically; the next sign-in cannot be predicted yet"),
            (
                .refreshing, 0,
                "refreshing: work-dev is refreshed automatically; the next sign-in cannot be predicted yet"
            ),
            (.expiring, 1, "expiring: work-dev expires at 09:15 and cannot be refreshed"),
            (.offline, 1, "offline: cannot reach Identity Center for work-dev; its token is valid until 10:00"),
            (.signingIn, 2, "signing-in: work-dev is waiting for you to sign in at https://x/ (code ABCD-EFGH)"),
            (.unguarded, 4, "unguarded: AWS_BEARER_TOKEN_BEDROCK is set"),
            (.misconfigured, 4, "misconfigured: Identity Center refused the refresh (access_denied: KMS)"),
            (.signInNeeded, 2, "sign-in-needed: sign in to work-dev with bedrock-agent login --profile work-dev"),
        ] as [(Condition, Int32, String)])
    func theAnswerAndItsExitStatus(_ condition: Condition, _ exit: Int32, _ answer: String) {
        let status = StatusTests.status(StatusTests.condition(condition))
        #expect(status.condition == condition && status.exitStatus == exit)
        #expect(StatusTests.text(status).first == answer)
        var disk = status
        disk.daemon.running = false
        #expect(disk.exitStatus == 3)
        #expect(StatusTests.text(disk)[1].contains("daemon is not running"))
    }

    @Test func aWarningIsAnExitStatusOfItsOwn() {
        #expect(StatusTests.status(.legacy).exitStatus == 1)
        #expect(StatusTests.status(StatusTests.full).exitStatus == 0)
    }

    @Test(arguments: [
        (8 * hour, 600, "no sign-in expected before 17:00 (usually 8 h)"),
        (900, 600, "no sign-in expected before 09:15 (usually 15 min)"),
        (8 * hour, 9 * hour, "a sign-in may be needed at any time (usually 8 h)"),
        (90 * day, 600, "no sign-in expected before 09:00 (usually 90 days)"),
    ])
    func theForecastIsWhatWasLearned(_ usual: TimeInterval, _ at: TimeInterval, _ forecast: String) {
        let facts = StatusTests.full.changed {
            $0.session.record.lifetimes = [usual]
            $0.session.token = .found(.hour(from: at))
        }
        let text = StatusTests.text(StatusTests.status(facts, at: at), at: at)
        #expect(text.first == "healthy: work-dev is refreshed automatically; \(forecast)")
    }

    @Test func anOfflineTokenThatEndedIsNotCalledGood() {
        let facts = StatusTests.condition(.offline)
        let text = StatusTests.text(StatusTests.status(facts, at: 7200), at: 7200)
        #expect(text.first == "offline: cannot reach Identity Center for work-dev; its token expired at 10:00")
    }

    @Test func theAnswerIsAboutTheWorstFinding() {
        let facts = StatusTests.condition(.misconfigured).changed {
            $0.findings = [Finding(.unguarded, .warning, subject: "s", message: "only a warning", fix: "f")]
        }
        #expect(StatusTests.text(StatusTests.status(facts))[0].contains("access_denied"))
    }

    @Test func theBlocksAndTheFixes() {
        let text = StatusTests.text(StatusTests.status(StatusTests.full))
        #expect(
            text.dropFirst() == [
                "Claude Code", "  uses           work-dev, us-west-2, global.anthropic.x",
                "  signs in with  aws sso login --profile work-dev",
                "corp  healthy  (sso-session, https://corp.awsapps.com/start)",
                "  profiles       work-dev", "  access token   until 10:00 (in 50 min)",
                "  registration   until 09:00 (in 89 days)", "  signed in      09:00",
                "  next           refresh at 09:40 (in 30 min)", "  last refresh   ok at 09:00",
                "  last sign-in   ok at 09:00", "info: m", "  fix: f",
            ])
    }
}
