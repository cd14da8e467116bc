import FoundationEssentials
import SessionHealth
import Testing

/// The text of a notification, adapted to the server's capabilities.
@Suite struct NotificationTextTests {
    private static func asked(_ change: (inout Facts) -> Void) throws -> Notification {
        try NotificationTests.notification(NotificationTests.asked.changed(change))
    }

    @Test func aNeedSaysWhatEndedAndWhatFailsWithoutIt() throws {
        let notification = try NotificationTextTests.asked { _ in }
        #expect(notification.summary == "AWS sign-in needed")
        #expect(
            notification.body
                == "work-dev: Identity Center has ended the session; without it, Claude Code cannot reach Bedrock.")
        #expect(notification.buttons == [.signIn, .later] && notification.urgency == 2 && notification.lifetime == 0)
    }

    @Test func aNeedOfAnotherSessionIsNotClaudes() throws {
        let notification = try NotificationTextTests.asked { $0.claude.subject = .session("other") }
        #expect(notification.body == "work-dev: Identity Center has ended the session.")
    }

    @Test(arguments: [
        (UserCommand.unapproved("rm"), "must be approved. Run: bedrock-agent approve"),
        (.missing, "awsAuthRefresh is not set. Run: bedrock-agent setup"),
        (.untrusted(reason: "mode 0666", fix: "f"), "cannot be trusted. Run: bedrock-agent status"),
    ])
    func whatMayNotRunHasNoButton(_ command: UserCommand, _ words: String) throws {
        let notification = try NotificationTextTests.asked { $0.session.command = command }
        #expect(notification.body.hasSuffix(words) && notification.buttons == [.later])
        #expect(notification.text(for: []) == notification.body)
    }

    @Test func aRestSaysWhenItEnds() throws {
        let notification = try NotificationTextTests.asked {
            $0.policy.signIn = .auto
            $0.session.signInFailed(1, at: 2400)
        }
        #expect(notification.body.hasSuffix("The last sign-in failed; next try at T+3300."))
    }

    @Test func aLegacyProfileIsToldOfByItsEndAndItsFix() throws {
        let notification = try NotificationTests.notification(.legacy, at: 0)
        #expect(notification.summary == "AWS session expires at T+28800" && notification.urgency == 1)
        #expect(notification.body.hasPrefix("work-dev cannot be refreshed automatically. To fix that: "))
        #expect(notification.body.contains("--profile work-dev") && !notification.body.contains("  "))
    }

    @Test func anAWSLoginIsToldOfBeforeItsEnd() throws {
        let end = 12 * hour
        let facts = LoginPlanTests.login(until: end, written: end - 900)
        let notification = try NotificationTests.notification(facts, at: end - 900)
        #expect(notification.kind == .legacy && notification.summary == "Your aws login ends at T+43200")
        #expect(
            notification.body == "work-dev cannot be used after that. To sign in anew: aws login --profile work-dev")
        #expect(throws: NotificationTests.NoNotification.self) {
            try NotificationTests.notification(facts, at: end - 1800)
        }
    }

    @Test func namesCannotMoveTheText() throws {
        let notification = try NotificationTextTests.asked { $0.session.profiles = ["a\u{1b}[1m\n<b>"] }
        #expect(notification.body.hasPrefix(#"a\u{1b}[1m\u{a}<b>: "#))
        #expect(notification.text(for: ["actions", "body-markup"]).hasPrefix(#"a\u{1b}[1m\u{a}&lt;b&gt;: "#))
        let accented = try NotificationTextTests.asked { $0.session.profiles = ["<\u{301}b>"] }
        #expect(accented.text(for: ["actions", "body-markup"]).hasPrefix(#"&lt;\u{301}b&gt;: "#))
    }

    @Test(
        arguments: [
            (["actions"], "R&D: it ended.", 2), ([], "R&D: it ended. Run: login", 0),
            (["body-markup"], "R&amp;D: it ended. Run: login", 0),
        ] as [(Set<String>, String, Int)])
    func aServerIsToldWhatItCanShow(_ capabilities: Set<String>, _ text: String, _ buttons: Int) {
        let notification = Notification(
            kind: .needed, event: "e", summary: "s", body: "R&D: it ended.", buttons: [.signIn, .later],
            command: "login")
        #expect(notification.text(for: capabilities) == text)
        #expect(notification.buttons(for: capabilities).count == buttons)
    }
}
