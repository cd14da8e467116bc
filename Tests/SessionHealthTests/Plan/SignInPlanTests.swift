import FoundationEssentials
import SessionHealth
import Testing

/// A required sign-in: who must be present, what must be approved, the cooldown, and the daily limit.
@Suite struct SignInPlanTests {
    /// The session ended a second ago.
    private static let needed = Facts.corp.changed { $0.session.refused(.sessionEnded(error: "invalid_grant")) }

    private static func held(
        _ name: String, _ facts: Facts, at seconds: TimeInterval = 2400, next: TimeInterval? = nil,
        _ codes: [String] = ["sign-in-needed"]
    ) -> Row {
        Row(
            name, facts, at: seconds, .nothing, .signInNeeded, next: next, wake: Wake(wall: next.map { signedIn + $0 }),
            codes)
    }

    private static func run(_ name: String, _ facts: Facts, at seconds: TimeInterval = 2400) -> Row {
        Row(name, facts, at: seconds, .signIn, .signInNeeded, ["sign-in-needed"])
    }

    @Test(arguments: [
        run("approved, present, rested, within the budget", needed),
        held("away", needed.changed { $0.presence = .away }),
        held("no display", needed.changed { $0.presence = .noDisplay }),
        held("ask", needed.changed { $0.policy.signIn = .ask }),
        held("never", needed.changed { $0.policy.signIn = .never }),
        held("no command", needed.changed { $0.session.command = .missing }),
        held(
            "unapproved", needed.changed { $0.session.command = .unapproved("curl evil") },
            ["command-unapproved", "sign-in-needed"]),
        held(
            "untrusted", needed.changed { $0.session.command = .untrusted(reason: "mode 0666", fix: "f") },
            ["command-untrusted", "sign-in-needed"]),
        held(
            "another session's is under way",
            needed.changed { $0.signIn = .init(session: "other", startedAt: signedIn, isAutomatic: false) }),
        Row(
            "in a terminal: it is looked at again", needed.changed { $0.session.isSigningInElsewhere = true }, at: 2400,
            .nothing, .signInNeeded, wake: Wake(boot: moment(2400).boot + 5), ["sign-in-needed"]),
        held(
            "in a terminal, and another session's is under way",
            needed.changed {
                $0.session.isSigningInElsewhere = true
                $0.signIn = .init(session: "other", startedAt: signedIn, isAutomatic: false)
            }),
        Row(
            "its own is under way",
            needed.changed { $0.signInBegan("corp", isAutomatic: true, at: moment(2400).wall) },
            at: 2401, .nothing, .signingIn),
        Row(
            "an unapproved command is told of while all is well",
            .corp.changed { $0.session.command = .unapproved("curl evil") }, at: 0, .nothing, .healthy, next: 2400,
            wake: wall(2400), ["command-unapproved"]),
    ])
    func whether(_ row: Row) { row.check() }

    private static func failed(_ times: Int) -> Facts { needed.changed { $0.session.signInFailed(times, at: 2400) } }

    @Test(arguments: [
        held("15 min", failed(1), at: 2400, next: 3300),
        held("15 min, the last second", failed(1), at: 3299, next: 3300),
        run("15 min over", failed(1), at: 3300),
        held("1 h", failed(2), at: 5999, next: 6000), run("1 h over", failed(2), at: 6000),
        held("4 h", failed(3), at: 16799, next: 16800), run("4 h over", failed(3), at: 16800),
        held("4 h again", failed(4), at: 16799, next: 16800), run("4 h again, over", failed(4), at: 16800),
        held("4 h for ever", failed(400), at: 16799, next: 16800),
        run("worked or by hand: no rest", failed(0), at: 2400),
        held("set back by 10 minutes: it still rests", failed(1), at: 1800, next: 3300),
        run("set back by two days: it does not rest until then", failed(1), at: 2400 - 2 * day),
    ])
    func cooldown(_ row: Row) { row.check() }

    @Test(arguments: [("timed-out", "the last sign-in timed out"), ("exit-1", "the last sign-in failed (exit-1)")])
    func restingSaysWhatFailed(_ word: String, _ words: String) {
        let facts = SignInPlanTests.needed.changed { $0.session.signInFailed(1, at: 2400, word) }
        let finding = plan(for: facts, at: moment(2400)).findings.first
        #expect(finding?.message.contains(words) == true)
    }

    /// Sign-ins an hour apart, starting at 0 h.
    private static func spent(_ count: Int) -> Facts {
        needed.changed { $0.automaticSignIns = (0..<count).map { signedIn + Double($0) * hour } }
    }

    @Test(arguments: [
        run("five of six", spent(5), at: 6 * hour),
        held("six of six", spent(6), at: 6 * hour, next: day),
        held("six of six, the last second", spent(6), at: day - 1, next: day),
        run("the first is a day ago", spent(6), at: day),
        held("more than six", spent(8), at: 10 * hour, next: day + 2 * hour),
        held(
            "in whatever order they are", spent(6).changed { $0.automaticSignIns.reverse() }, at: 6 * hour, next: day),
        held("set back by an hour: they still count", spent(6), at: -hour, next: day),
        run("set back by a year: they do not count for ever", spent(6), at: -365 * day),
    ])
    func budget(_ row: Row) { row.check() }

    @Test func theCommandIsRunAsApproved() {
        let plan = plan(for: SignInPlanTests.needed, at: moment(2400))
        let action = plan.sessions[0].action
        #expect(plan.findings.map(\.severity) == [.warning])
        let command = "aws sso login --profile work-dev"
        #expect(action == .signIn(command: command, isEarly: false, setsRegistrationAside: false))
    }

    @Test func whatIsHeldSaysWhyAndHowToSignInAnyway() throws {
        var facts = SignInPlanTests.needed
        facts.presence = .noDisplay
        let finding = try #require(plan(for: facts, at: moment(2400)).findings.first)
        #expect(finding.severity == .error)
        #expect(
            finding.message == "corp: Identity Center has ended the session; there is no display to open a browser on")
        #expect(finding.fix == "bedrock-agent login --profile work-dev")
        facts.session.command = .unapproved("x")
        #expect(plan(for: facts, at: moment(2400)).findings.allSatisfy { $0.fix == "bedrock-agent approve" })
    }
}
