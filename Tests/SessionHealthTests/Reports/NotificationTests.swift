import FoundationEssentials
import SessionHealth
import Testing

/// What the desktop shows about a session: which notification, when none, and none of them twice.
@Suite struct NotificationTests {
    /// The session has ended, and the agent may only ask.
    static let asked = Facts.corp.changed {
        $0.policy.signIn = .ask
        $0.session.refused(.sessionEnded(error: "invalid_grant"))
    }
    static let signingIn = asked.changed {
        $0.signIn = .init(session: "corp", startedAt: signedIn + 2400, isAutomatic: false)
    }
    /// A sign-in succeeded, with a new token.
    static let signedInAgain = asked.changed {
        $0.session.record.refusal = nil
        $0.session.token = .found(.hour(from: 2500, "t2"))
        $0.session.record.lastSignIn = .init(at: signedIn + 2500, result: "ok")
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let facts: Facts
        let record: NotificationRecord
        let expected: String
        let seconds: TimeInterval

        init(
            _ name: String, _ facts: Facts, after record: NotificationRecord = NotificationRecord(),
            at seconds: TimeInterval = 2400,
            _ expected: String
        ) {
            testDescription = name
            self.facts = facts
            self.record = record
            self.expected = expected
            self.seconds = seconds
        }
    }

    static func change(
        _ facts: Facts, _ record: NotificationRecord = NotificationRecord(), at seconds: TimeInterval = 2400
    )
        -> NotificationChange
    {
        let plan = plan(for: facts, at: moment(seconds))
        let decision = NotificationDecision(
            facts: facts, session: facts.session, plan: plan.sessions[0], record: record,
            local: { "T+\(Int($0.timeIntervalSince(signedIn)))" })
        return decision.change()
    }

    static func notification(_ facts: Facts, at seconds: TimeInterval = 2400) throws -> Notification {
        guard case .show(let notification) = change(facts, at: seconds) else { throw NoNotification() }
        return notification
    }

    struct NoNotification: Error {}

    /// The record after showing the notification for these facts: open, or closed by the user since.
    static func shown(_ facts: Facts, at seconds: TimeInterval = 2400, isOpen: Bool = true) -> NotificationRecord {
        var record = NotificationRecord()
        guard case .show(let notification) = change(facts, at: seconds) else { return record }
        record.note(notification)
        guard isOpen else { return record }
        record.open = .init(
            id: 7, server: "s", kind: notification.kind, event: notification.event, since: signedIn + seconds)
        return record
    }

    static let early = 8 * hour - 15 * minute

    @Test(arguments: [
        Row("all is well", .corp, "leave"),
        Row("ask", asked, "needed"),
        Row("never", asked.changed { $0.policy.signIn = .never }, "needed"),
        Row("it starts at once", asked.changed { $0.policy.signIn = .auto }, "leave"),
        Row(
            "away: it starts by itself",
            asked.changed {
                $0.policy.signIn = .auto
                $0.presence = .away
            }, "leave"),
        Row("away, and it does not", asked.changed { $0.presence = .away }, "needed"),
        Row("no display", asked.changed { $0.presence = .noDisplay }, "leave"),
        Row(
            "rests",
            asked.changed {
                $0.policy.signIn = .auto
                $0.session.signInFailed(1, at: 2300)
            }, "needed"),
        Row("no command", asked.changed { $0.session.command = .missing }, "needed"),
        Row("unapproved", asked.changed { $0.session.command = .unapproved("x") }, "needed"),
        Row("unapproved while all is well", .corp.changed { $0.session.command = .unapproved("x") }, "leave"),
        Row(
            "another session's sign-in",
            asked.changed {
                $0.policy.signIn = .auto
                $0.signIn = .init(session: "other", startedAt: signedIn, isAutomatic: true)
            }, "leave"),
        Row("open, and still so", asked, after: shown(asked), "needed"),
        Row("closed by the person", asked, after: shown(asked, isOpen: false), "leave"),
        Row(
            "closed, and a sign-in came to nothing since", asked.changed { $0.session.signInFailed(1, at: 2600) },
            after: shown(asked, isOpen: false), at: 2600, "needed"),
        Row("under way", signingIn, "waiting"),
        Row("under way takes its place", signingIn, after: shown(asked), "waiting"),
        Row("under way, closed by the person", signingIn, after: shown(signingIn, isOpen: false), "leave"),
        Row("under way, no display", signingIn.changed { $0.presence = .noDisplay }, after: shown(asked), "close"),
        Row(
            "it came to nothing while nobody is there",
            asked.changed {
                $0.policy.signIn = .auto
                $0.presence = .away
            }, after: shown(signingIn), "close"),
        Row("it worked", signedInAgain, after: shown(signingIn), at: 2600, "back"),
        Row("signed in elsewhere", signedInAgain, after: shown(asked), at: 2600, "back"),
        Row(
            "it worked, closed by the person", signedInAgain, after: shown(signingIn, isOpen: false), at: 2600, "leave"),
        Row("refreshed elsewhere", .corp, after: shown(asked), "close"),
        Row(
            "open while its file is being written",
            asked.changed { $0.session.token = .torn(since: bootThen + 2400, reason: "cut off", last: nil) },
            after: shown(asked), "leave"),
        Row("legacy", .legacy, at: 0, "legacy"),
        Row("legacy, told", .legacy, after: shown(.legacy, at: 0, isOpen: false), at: 60, "leave"),
        Row("legacy, open", .legacy, after: shown(.legacy, at: 0), at: 60, "leave"),
        Row("legacy, nobody there", .legacy.changed { $0.presence = .away }, at: 0, "leave"),
        Row(
            "legacy, the same end",
            .legacy.changed { $0.session.token = .found(.legacy(from: early, until: 8 * hour + 5, "t2")) },
            after: shown(.legacy, at: 0, isOpen: false), at: early, "leave"),
        Row(
            "legacy, the next sign-in",
            .legacy.changed { $0.session.token = .found(.legacy(from: 9 * hour, until: 17 * hour, "t2")) },
            after: shown(.legacy, at: 0, isOpen: false), at: 9 * hour, "legacy"),
        Row("legacy no more", .corp, after: shown(.legacy, at: 0), "close"),
        Row("legacy, soon, ask", .legacy.changed { $0.policy.signIn = .ask }, at: early, "soon"),
        Row(
            "legacy, soon was closed, over", .legacy.changed { $0.policy.signIn = .ask },
            after: shown(.legacy.changed { $0.policy.signIn = .ask }, at: early, isOpen: false), at: 9 * hour, "needed"),
    ])
    func what(_ row: Row) {
        let word: String =
            switch NotificationTests.change(row.facts, row.record, at: row.seconds) {
            case .leave: "leave"
            case .close: "close"
            case .show(let notification): notification.kind.rawValue
            }
        #expect(word == row.expected)
    }

    @Test func itIsTheSameOneWhenItsCodeComes() throws {
        let before = try NotificationTests.notification(NotificationTests.signingIn)
        let after = try NotificationTests.notification(
            NotificationTests.signingIn.changed { $0.signIn?.code = "ABCD-EFGH" })
        #expect(before.event == after.event)
        #expect(before.body == "work-dev: confirm it in your browser.")
        #expect(after.body == "work-dev: confirm it in your browser if it shows the code ABCD-EFGH.")
    }

    @Test func aServerThatGoesTakesOnlyWhatIsOpenWithIt() {
        var open = NotificationTests.shown(NotificationTests.asked)
        open.lose()
        #expect(open == NotificationRecord())
        var closed = NotificationTests.shown(NotificationTests.asked, isOpen: false)
        closed.lose()
        #expect(closed == NotificationTests.shown(NotificationTests.asked, isOpen: false))
    }
}
