import FoundationEssentials
import SessionHealth
import Testing

/// Refusals by the service, problems in files, and the client registration.
@Suite struct RefusalPlanTests {
    private static func refused(_ outcome: RefreshOutcome, token: String = "t1") -> Facts {
        .corp.changed { $0.session.refused(outcome, token: token) }
    }

    private static let denied = refused(.refused(error: "access_denied", description: "KMS_AccessDenied"))

    @Test(arguments: [
        Row(
            "the session has ended, and the token still lives", refused(.sessionEnded(error: "invalid_grant")),
            at: 2400, .signIn, .signInNeeded, ["sign-in-needed"]),
        Row(
            "another token is not refused", refused(.sessionEnded(error: "invalid_grant"), token: "t0"), at: 2400,
            .refresh, .healthy),
        Row(
            "the client is refused", refused(.registrationRefused(error: "invalid_client")), at: 2400,
            .signInWithNewRegistration, .signInNeeded, ["sign-in-needed"]),
        Row("anything else: no sign-in, no loop", denied, at: 2400, .nothing, .misconfigured, ["refresh-refused"]),
        Row("also when it is over", denied, at: 9000, .nothing, .misconfigured, ["refresh-refused"]),
        Row(
            "the network is no reason to try", denied.changed { $0.retryHint = bootThen + 2450 }, at: 2460, .nothing,
            .misconfigured, ["refresh-refused"]),
        Row(
            "asked for, it is tried", denied.changed { $0.session.refreshIsAsked = true }, at: 2460, .refresh, .healthy),
        Row(
            "and under way", denied.changed { $0.session.isRefreshing = true }, at: 2460, .nothing, .refreshing),
        Row(
            "a new token ends it", denied.changed { $0.session.token = .found(.hour(from: 2400, "t2")) }, at: 2460,
            .nothing, .healthy, next: 4800, wake: wall(4800)),
    ])
    func refusals(_ row: Row) { row.check() }

    private static func torn(last: TokenClocks? = .hour(), since: TimeInterval = 100) -> Facts {
        .corp.changed { $0.session.token = .torn(since: bootThen + since, reason: "line 1", last: last) }
    }

    @Test(arguments: [
        Row(
            "torn: read again in a second", torn(), at: 100, .nothing, .healthy, next: 2400,
            wake: Wake(
                wall: signedIn + 2400, boot: bootThen + 101)),
        Row(
            "torn, and due: not while somebody writes", torn(since: 2400), at: 2404, .nothing, .healthy,
            wake: boot(2405)),
        Row("torn, never seen whole", torn(last: nil), at: 104.9, .nothing, .refreshing, wake: boot(105.9)),
        Row("torn for good", torn(), at: 105, .signIn, .signInNeeded, ["token-damaged", "sign-in-needed"]),
        Row(
            "torn for good, and nobody there", torn().changed { $0.presence = .away }, at: 105, .nothing,
            .signInNeeded, ["token-damaged", "sign-in-needed"]),
        Row(
            "absent: the person may have signed out", .corp.changed { $0.session.token = .absent }, at: 0, .nothing,
            .signInNeeded, ["sign-in-needed"]),
        Row(
            "not ours to read: looked at again",
            .corp.changed {
                $0.session.token = .unreadable(UnreadableFile(path: "/t", reason: "denied", fix: "chmod"))
            }, at: 50,
            .nothing, .misconfigured,
            wake: boot(650), ["token-unreadable"]),
    ])
    func files(_ row: Row) { row.check() }

    private static func registration(_ end: TimeInterval?) -> Facts {
        .corp.changed { $0.session.token = .found(.hour(registration: end)) }
    }

    private static func warned(
        _ name: String, _ left: TimeInterval, wake: TimeInterval, _ codes: [String] = []
    ) -> Row {
        Row(name, registration(left), at: 0, .nothing, .healthy, next: 2400, wake: wall(wake), codes)
    }

    @Test(arguments: [
        warned("8 days", 8 * day, wake: 2400),
        warned("7 days and half an hour", 7 * day + 1800, wake: 1800),
        warned("7 days and a second", 7 * day + 1, wake: 1),
        warned("7 days", 7 * day, wake: 2400, ["registration-ends"]),
        warned("a day and a second", day + 1, wake: 1, ["registration-ends"]),
        warned("a day", day, wake: 2400, ["registration-ends-tomorrow"]),
        warned("10 minutes: it ends before anything else is due", 600, wake: 600, ["registration-ends-tomorrow"]),
        Row("over", registration(0), at: 0, .signInWithNewRegistration, .signInNeeded, ["sign-in-needed"]),
        Row("none named", registration(nil), at: 0, .signInWithNewRegistration, .signInNeeded, ["sign-in-needed"]),
        Row(
            "a damaged file is no matter while refreshes work",
            .corp.changed { $0.session.registration = .damaged }, at: 2400, .refresh, .healthy),
        Row(
            "and set aside for a sign-in",
            refused(.sessionEnded(error: "invalid_grant")).changed { $0.session.registration = .damaged }, at: 2400,
            .signInWithNewRegistration, .signInNeeded, ["sign-in-needed"]),
        Row(
            "no file", refused(.sessionEnded(error: "invalid_grant")).changed { $0.session.registration = .absent },
            at: 2400, .signIn, .signInNeeded, ["sign-in-needed"]),
        Row(
            "refused, then the person signed out: it is still the refused one",
            refused(.registrationRefused(error: "invalid_client")).changed { $0.session.token = .absent }, at: 2400,
            .nothing, .signInNeeded, ["sign-in-needed"]),
    ])
    func registrations(_ row: Row) { row.check() }

    @Test func aSignInByHandLearnsOfABadRegistrationToo() {
        var facts = RefusalPlanTests.refused(.registrationRefused(error: "invalid_client"))
        facts.policy.signIn = .never
        #expect(plan(for: facts, at: moment(2400)).sessions[0].registrationIsBad)
        facts.signInBegan("corp", isAutomatic: false, at: moment(2400).wall)
        #expect(plan(for: facts, at: moment(2400)).sessions[0].registrationIsBad)
        #expect(!plan(for: .corp, at: moment(2400)).sessions[0].registrationIsBad)
    }

    @Test func aBadRegistrationIsThatOfTheTokenThatWasRefused() {
        var session = RefusalPlanTests.refused(.registrationRefused(error: "invalid_client")).session
        session.token = .absent
        #expect(session.registrationIsBad(at: signedIn))
        session.token = .found(.hour(from: 2400, "t2"))
        #expect(!session.registrationIsBad(at: signedIn))
        session.record.refusal = nil
        session.token = .absent
        #expect(!session.registrationIsBad(at: signedIn))
        session.token = .found(.legacy())
        #expect(!session.registrationIsBad(at: signedIn))
    }

    @Test(arguments: [("", "(access_denied)"), ("KMS_AccessDenied", "(access_denied: KMS_AccessDenied)")])
    func aRefusalSaysWhatTheServiceSaid(_ description: String, _ said: String) {
        let facts = RefusalPlanTests.refused(.refused(error: "access_denied", description: description))
        let finding = plan(for: facts, at: moment(2400)).findings.first
        #expect(finding?.message == "Identity Center refused the refresh \(said)")
    }

    @Test func aTokenWithoutItsRegistrationIsToldFromOneWhoseRegistrationIsOver() {
        func message(_ registration: TimeInterval?) -> String? {
            plan(for: RefusalPlanTests.registration(registration), at: moment(0)).findings.first?.message
        }
        #expect(message(0) == "corp: its client registration has expired")
        #expect(message(nil) == "corp: its token file contains no client registration")
    }

    @Test func aTokenThatCannotBeRefreshedIsNotWarnedOfItsRegistration() {
        var clocks = TokenClocks.hour(registration: 10 * minute)
        clocks.hasRefreshToken = false
        let facts = Facts.corp.changed { $0.session.token = .found(clocks) }
        let session = plan(for: facts, at: moment(0)).sessions[0]
        #expect(session.findings.map(\.codeName) == ["no-refresh-token"])
        #expect(session.wake == wall(45 * minute))
    }
}
