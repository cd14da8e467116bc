import FoundationEssentials
import SessionHealth
import Testing

/// What Claude Code is told to say, by the state of the session that it uses.
@Suite struct HookSentenceTests {
    private static func sentence(_ facts: Facts, at seconds: TimeInterval = 600) -> HookSentence {
        let now = moment(seconds)
        let status = Status(
            facts, plan(for: facts, at: now), at: now.wall, daemon: .init(running: true, version: "1"))
        return HookSentence(status, now: now.wall) { "T+\(Int($0.timeIntervalSince(signedIn)))" }
    }

    private static let ended = StatusLineTests.ended
    private static let login = "bedrock-agent login --profile work-dev"

    /// As by the settings of a project: of a session that is not guarded, nothing is known.
    @Test func anotherProfileThanTheFolders() {
        let now = moment(600)
        let status = Status(
            Self.ended, plan(for: Self.ended, at: now), at: now.wall, daemon: .init(running: true, version: "1"))
        func text(_ profile: String?) -> String? {
            HookSentence(status, otherProfile: profile, now: now.wall) { _ in "" }.text
        }
        #expect(text(nil)?.hasPrefix("work-dev needs a sign-in") == true && text("elsewhere") == nil)
    }

    private static func signingIn(url: String?, code: String?) -> Facts {
        ended.changed {
            $0.signIn = .init(session: "corp", startedAt: signedIn, isAutomatic: true, url: url, code: code)
        }
    }

    /// A session of which others lasted so long.
    private static func lasting(_ lifetime: TimeInterval) -> Facts {
        Facts.corp.changed { $0.session.record.lifetimes = [lifetime] }
    }

    private static let over = "(Identity Center has ended the session; "
    private static let timedOut = ended.changed {
        $0.presence = .present
        $0.session.signInFailed(1, at: 500)
    }
    private static let unapproved = ended.changed { $0.session.command = .unapproved("x") }
    private static let refused = Facts.corp.changed { $0.session.refused(.refused(error: "x", description: "y")) }
    private static let withoutProfile = Facts.corp.changed {
        $0.sessions = []
        $0.claude.subject = .misconfigured
        $0.claude.findings = [
            Finding(.noSuchProfile, .error, subject: "work-dev", message: "there is no profile", fix: "make it")
        ]
    }
    private static let url = "https://device.test/?user_code=AB-CD"
    private static let wrong: [(Facts, String)] = [
        (ended, "work-dev needs a sign-in: \(login) \(over)waiting until you are back at the screen)"),
        (timedOut, "work-dev needs a sign-in: \(login) \(over)the last sign-in timed out; next try at T+1400)"),
        (
            unapproved,
            "work-dev needs a sign-in: bedrock-agent approve \(over)awsAuthRefresh has not been approved)"
        ),
        (signingIn(url: url, code: "AB-CD"), "Sign in to work-dev: \(url) (code AB-CD)"),
        (signingIn(url: nil, code: "AB-CD"), "A sign-in to work-dev waits for you in your browser (code AB-CD)"),
        (signingIn(url: nil, code: nil), "A sign-in to work-dev waits for you in your browser"),
        (signingIn(url: "https://x/\u{1B}]0;y\u{7}", code: nil), #"Sign in to work-dev: https://x/\u{1b}]0;y\u{7}"#),
        (
            refused,
            "Identity Center refused the refresh (x: y): fix what the message names, then run systemctl --user reload "
                + "bedrock-agent"
        ),
        (withoutProfile, "there is no profile: make it"),
    ]

    @Test(arguments: wrong)
    func whatIsWrongAndWhatMendsIt(_ facts: Facts, _ expected: String) {
        #expect(Self.sentence(facts).text == expected)
        #expect(Self.sentence(facts).textAfterFailure == expected)
    }

    private static let cover = "needs your sign-in then; sooner: bedrock-agent cover 2h --profile work-dev"

    private static let soon: [(Facts, TimeInterval, String?)] = [
        (Facts.legacy, 8 * hour - 3601, nil),
        (Facts.legacy, 7 * hour, "work-dev ends at T+28800 and \(cover)"),
        (lasting(3 * hour), 2 * hour - 1, nil),
        (lasting(3 * hour), 2 * hour, "work-dev usually ends about T+10800 and \(cover)"),
        (lasting(3 * hour), 3 * hour - 1, "work-dev usually ends about T+10800 and \(cover)"),
        // Nobody knows any more.
        (lasting(3 * hour), 3 * hour, nil),
        // A token of an hour is refreshed: that is no end.
        (Facts.corp, 3500, nil),
    ]

    @Test(arguments: soon)
    func anEndWithinTheHour(_ facts: Facts, at seconds: TimeInterval, _ expected: String?) {
        let facts = facts.changed {
            guard $0.session.token.clocks?.hasRefreshToken == true, seconds > 3600 else { return }
            $0.session.token = .found(.hour(from: seconds - 60))
        }
        #expect(Self.sentence(facts, at: seconds).text == expected)
    }

    @Test func aLegacyTokenInItsLastMinutes() {
        let facts = Facts.legacy.changed { $0.presence = .away }
        #expect(Self.sentence(facts, at: 8 * hour - 600).text?.hasPrefix("work-dev") == true)
    }

    private static let fine: [Facts] = [
        .corp, .legacy,
        Facts.corp.changed { $0.session.command = .unapproved("x") },
        Facts.corp.changed { $0.session.tried(.offline(reason: "no route"), at: 500) },
        ended.changed { $0.claude.usesBedrock = false },
        ended.changed { $0.claude.profile = "another" },
        Facts.corp.changed {
            $0.sessions.append(.named("globex", profile: "globex-dev"))
            $0.sessions[1].refused(.sessionEnded(error: "invalid_grant"))
            $0.presence = .away
        },
    ]

    @Test(arguments: fine)
    func silence(_ facts: Facts) { #expect(Self.sentence(facts).text == nil) }

    @Test func offlineIsToldOnceTheTokenIsOver() {
        let facts = Facts.corp.changed { $0.session.tried(.offline(reason: "no route"), at: 3500) }
        #expect(Self.sentence(facts, at: 3599).text == nil)
        #expect(
            Self.sentence(facts, at: 3600).text
                == "AWS cannot be reached, and work-dev was signed in until T+3600 only: bedrock-agent doctor")
    }

    @Test func afterAFailureAllIsNotWell() {
        #expect(
            Self.sentence(.corp).textAfterFailure
                == "work-dev is signed in: send it again; if that fails too, run bedrock-agent doctor")
        #expect(Self.sentence(.corp.changed { $0.claude.usesBedrock = false }).textAfterFailure == nil)
        #expect(Self.sentence(.corp.changed { $0.claude.profile = "another" }).textAfterFailure == nil)
    }
}
