import FoundationEssentials
import SessionHealth
import Testing

/// The words of a bubble, and what a server makes of them.
@Suite struct BubbleTextTests {
    private static func asked(_ change: (inout Facts) -> Void) throws -> Bubble {
        try BubbleTests.bubble(BubbleTests.asked.changed(change))
    }

    @Test func aNeedSaysWhatEndedAndWhatFailsWithoutIt() throws {
        let bubble = try BubbleTextTests.asked { _ in }
        #expect(bubble.summary == "AWS sign-in needed")
        #expect(
            bubble.body
                == "work-dev: Identity Center has ended the session; without it, Claude Code cannot reach Bedrock.")
        #expect(bubble.buttons == [.signIn, .later] && bubble.urgency == 2 && bubble.lifetime == 0)
    }

    @Test func aNeedOfAnotherSessionIsNotClaudes() throws {
        let bubble = try BubbleTextTests.asked { $0.claude.subject = .session("other") }
        #expect(bubble.body == "work-dev: Identity Center has ended the session.")
    }

    @Test(arguments: [
        (SignInCommand.unapproved("rm"), "must be approved: bedrock-agent approve"),
        (.missing, "No awsAuthRefresh is set: bedrock-agent setup"),
        (.untrusted(reason: "mode 0666"), "cannot be trusted: bedrock-agent status"),
    ])
    func whatMayNotRunHasNoButton(_ command: SignInCommand, _ words: String) throws {
        let bubble = try BubbleTextTests.asked { $0.session.command = command }
        #expect(bubble.body.hasSuffix(words) && bubble.buttons == [.later])
        #expect(bubble.text(for: []) == bubble.body)
    }

    @Test func aRestSaysWhenItEnds() throws {
        let bubble = try BubbleTextTests.asked {
            $0.policy.signIn = .auto
            $0.session.signInFailed(1, at: 2400)
        }
        #expect(bubble.body.hasSuffix("The last sign-in did not work; next try at T+3300."))
    }

    @Test func aLegacyProfileIsToldOfByItsEndAndItsFix() throws {
        let bubble = try BubbleTests.bubble(.legacy, at: 0)
        #expect(bubble.summary == "AWS sign-in ends at T+28800" && bubble.urgency == 1)
        #expect(bubble.body.hasPrefix("work-dev cannot be refreshed silently. To mend that: "))
        #expect(bubble.body.contains("--profile work-dev") && !bubble.body.contains("  "))
    }

    @Test func namesCannotMoveTheText() throws {
        let bubble = try BubbleTextTests.asked { $0.session.profiles = ["a\u{1b}[1m\n<b>"] }
        #expect(bubble.body.hasPrefix(#"a\u{1b}[1m\u{a}<b>: "#))
        #expect(bubble.text(for: ["actions", "body-markup"]).hasPrefix(#"a\u{1b}[1m\u{a}&lt;b&gt;: "#))
    }

    @Test(
        arguments: [
            (["actions"], "R&D: it ended.", 2), ([], "R&D: it ended. Run: login", 0),
            (["body-markup"], "R&amp;D: it ended. Run: login", 0),
        ] as [(Set<String>, String, Int)])
    func aServerIsToldWhatItCanShow(_ capabilities: Set<String>, _ text: String, _ buttons: Int) {
        let bubble = Bubble(
            kind: .needed, event: "e", summary: "s", body: "R&D: it ended.", buttons: [.signIn, .later],
            command: "login")
        #expect(bubble.text(for: capabilities) == text)
        #expect(bubble.buttons(for: capabilities).count == buttons)
    }
}
