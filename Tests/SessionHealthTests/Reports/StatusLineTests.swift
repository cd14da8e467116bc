import FoundationEssentials
import SessionHealth
import Testing

/// `status` in one line, for a status bar.
@Suite struct StatusLineTests {
    static func line(_ facts: Facts, at seconds: TimeInterval = 600, isRunning: Bool = true) -> StatusLine {
        let now = moment(seconds)
        let status = Status(
            facts, plan(for: facts, at: now), at: now.wall, daemon: .init(running: isRunning, version: "1"))
        return StatusLine(status) { "T+\(Int($0.timeIntervalSince(signedIn)))" }
    }

    static let ended = Facts.corp.changed {
        $0.session.refused(.sessionEnded(error: "invalid_grant"))
        $0.presence = .away
    }

    @Test(arguments: [
        (Facts.corp, "work-dev ok"),
        (ended, "work-dev needs a sign-in: bedrock-agent login --profile work-dev"),
        (
            ended.changed {
                $0.signIn = .init(session: "corp", startedAt: signedIn, isAutomatic: false, code: "AB-CD")
            },
            "work-dev sign-in: confirm AB-CD"
        ),
        (
            Facts.corp.changed { $0.session.tried(.offline(reason: "no route"), at: 500) }, "work-dev offline"
        ),
        (
            Facts.corp.changed { $0.session.command = .unapproved("x") },
            "work-dev ok, 1 warning: bedrock-agent status"
        ),
        (
            Facts.corp.changed { $0.session.refused(.refused(error: "x", description: "y")) },
            "work-dev misconfigured: bedrock-agent doctor"
        ),
    ])
    func oneShortLine(_ facts: Facts, _ expected: String) { #expect(Self.line(facts).text == expected) }

    @Test func saysThatNoDaemonRuns() {
        #expect(Self.line(.corp, isRunning: false).text == "work-dev ok (daemon stopped)")
    }

    @Test func waybarTakesAnObject() throws {
        let bytes = Self.line(Self.ended).waybar(now: moment(600).wall)
        let object = try JSONCoding.decode([String: String].self, from: bytes)
        #expect(object["class"] == "sign-in-needed" && object["alt"] == "sign-in-needed")
        #expect(object["text"]?.hasPrefix("work-dev needs a sign-in") == true)
        #expect(object["tooltip"]?.hasPrefix("sign-in-needed: sign in to work-dev") == true)
    }
}
