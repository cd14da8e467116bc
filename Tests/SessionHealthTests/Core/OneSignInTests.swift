import FoundationEssentials
import SessionHealth
import Testing

/// Only one sign-in runs at a time, whoever requests it.
@Suite struct OneSignInTests {
    private static let ask = Request.signIn(session: "corp", wantsMore: true, isContinued: false)
    private static let page = SignInNote(url: "https://device", code: "ABCD-EFGH")

    /// The session has ended: the service rejected its token.
    private func ended() -> Mind {
        var state = AgentState()
        var record = SessionRecord()
        record.refusal = .init(
            fingerprint: "first", outcome: .sessionEnded(error: "invalid_grant"), at: Mind.start.wall)
        // The plan is in a cooldown of its own, so any sign-in here is due to the request.
        record.failedSignIns = 1
        record.lastSignIn = .init(at: Mind.start.wall, result: "timed-out")
        state.sessions["corp"] = record
        return Mind(state: state)
    }

    @Test func aClientWhoAsksStartsOne() {
        var mind = ended()
        mind.tell(.called(1, OneSignInTests.ask))
        #expect(mind.signIns.map(\.command) == [Mind.command])
        #expect(mind.news(for: 1) == [.signIn(.signingIn, url: nil, code: nil)])
        mind.tell(.called(2, OneSignInTests.ask))
        #expect(mind.signIns.count == 1)
    }

    @Test(arguments: ["InvalidClientException", "UnauthorizedClientException", "AccessDeniedException"])
    func aRegistrationThatTheServiceDoesNotKnowIsSetAside(_ error: String) {
        var mind = ended()
        mind.tell(.called(1, OneSignInTests.ask))
        mind.tell(.signInOutput(Array("An error occurred (\(error))".utf8)))
        mind.tell(.signInEnded(.exited(254)))
        let isSetAside = mind.effects.contains { if case .setRegistrationAside = $0 { true } else { false } }
        #expect(isSetAside == (error != "AccessDeniedException"))
    }

    @Test func aClientWaitsForTheSignInOfATerminal() {
        var mind = ended()
        mind.isLocked = true
        mind.note = OneSignInTests.page
        mind.tell(.called(1, OneSignInTests.ask))
        #expect(mind.signIns.isEmpty)
        #expect(mind.news(for: 1) == [.signIn(.signingIn, url: "https://device", code: "ABCD-EFGH")])
        // The lock is checked again soon.
        #expect(mind.wake?.boot.map { $0 <= mind.now.boot + 1 } == true)
        // The terminal has signed in: its token is written before its lock is released.
        mind.now.boot += 10
        mind.now.wall += 10
        mind.read(Mind.token(for: 3610, "second"))
        mind.isLocked = false
        mind.note = nil
        mind.tell(.timer)
        #expect(mind.replies(to: 1) == [.signIn(.healthy, url: nil, code: nil)])
        #expect(mind.signIns.isEmpty)
    }

    /// Somebody waits for a terminal's sign-in. Its lock is seen to be free before its token is heard of.
    private func waitsForTheTerminals(_ mind: inout Mind) {
        mind.isLocked = true
        mind.tell(.called(1, OneSignInTests.ask))
        mind.unheard = Mind.reading(of: Mind.token(for: 3610, "second"))
        mind.isLocked = false
        mind.tell(.timer)
        #expect(mind.signIns.isEmpty && mind.core.facts.signIn == nil)
        #expect(mind.replies(to: 1) == [.signIn(.healthy, url: nil, code: nil)])
    }

    /// The daemon had no time to look at the token yet.
    @Test func aFreeLockIsSeenBeforeTheTokenThatCameBefore() {
        var mind = ended()
        waitsForTheTerminals(&mind)
        mind.tell(.settled)
        #expect(mind.signIns.isEmpty && mind.core.state.running == nil)
        #expect(mind.core.session("corp")?.record.lastSignIn?.result == "ok")
    }

    /// The daemon did not know that the session had ended, and somebody who did waits for the terminal's sign-in.
    @Test func whoWaitedForATerminalGetsItsSignInThoughNoneSeemedNeeded() {
        var mind = Mind()
        waitsForTheTerminals(&mind)
    }

    /// As above, where nobody asked.
    @Test func noTabOpensForATokenThatIsBeingReported() {
        var mind = Mind()
        mind.unheard = Mind.reading(of: Mind.token(for: 3610, "second"))
        mind.read(.torn("", writtenAt: Mind.start.wall - 600))
        mind.now = Moment(wall: Mind.start.wall + 6, boot: Mind.start.boot + 6)
        mind.tell(.settled)
        mind.tell(.settled)
        #expect(mind.signIns.isEmpty && mind.core.facts.signIn == nil)
        #expect(mind.core.state.automaticSignIns.isEmpty)
        #expect(mind.core.plan.sessions.first?.condition == .healthy)
    }

    /// Somebody wants another session, and the AWS CLI has refreshed the token.
    @Test func whoAsksForOneThatIsNotNeededGetsIt() {
        var mind = Mind()
        mind.unheard = Mind.reading(of: Mind.token(for: 3610, "second"))
        mind.tell(.called(1, OneSignInTests.ask))
        #expect(mind.signIns.map(\.record.before) == ["second"])
    }

    /// Many ask because of the same token, and some of their questions arrive when the sign-in has ended.
    @Test(arguments: [true, false])
    func whoAskedBeforeOneEndedNeedsNoOther(_ isHeard: Bool) {
        var mind = Mind()
        let second = Mind.token(for: 3610, "second")
        if isHeard { mind.read(second) } else { mind.unheard = Mind.reading(of: second) }
        let ask = { Request.signIn(session: "corp", wantsMore: true, isContinued: false, since: Mind.start.wall + $0) }
        mind.tell(.called(1, ask(0)))
        #expect(mind.replies(to: 1) == [.signIn(.healthy, url: nil, code: nil)] && mind.signIns.isEmpty)
        mind.tell(.called(2, ask(1)))
        #expect(mind.replies(to: 2).isEmpty && mind.signIns.map(\.record.before) == ["second"])
    }

    @Test func aTokenFromTheFutureIsFromBeforeTheClockWasSetBack() {
        var mind = Mind()
        mind.read(Mind.token(for: 3610, "second", writtenAgo: -60))
        let ask = Request.signIn(session: "corp", wantsMore: true, isContinued: false, since: Mind.start.wall)
        mind.tell(.called(1, ask))
        #expect(mind.replies(to: 1).isEmpty && mind.signIns.count == 1)
    }

    @Test func whoAskedBeforeOneEndedIsNotToldThatADeadTokenWorks() {
        var mind = ended()
        let ask = Request.signIn(session: "corp", wantsMore: true, isContinued: false, since: Mind.start.wall - 3600)
        mind.tell(.called(1, ask))
        #expect(mind.replies(to: 1).isEmpty && mind.signIns.count == 1)
    }

    @Test func aClientIsToldWhyTheTerminalsFailed() {
        var mind = ended()
        mind.isLocked = true
        mind.tell(.called(1, OneSignInTests.ask))
        mind.isLocked = false
        mind.note = SignInNote(failedAt: mind.now.wall.timeIntervalSince1970 + 1, reason: "nobody came")
        mind.tell(.timer)
        #expect(mind.replies(to: 1) == [.failed(.signInFailed("nobody came"))])
        #expect(mind.signIns.isEmpty)
    }

    @Test func whereTheTerminalGaveUpItIsUpToUs() {
        var mind = ended()
        mind.isLocked = true
        mind.tell(.called(1, OneSignInTests.ask))
        mind.isLocked = false
        mind.tell(.timer)
        #expect(mind.replies(to: 1) == [] && mind.signIns.count == 1)
    }

    @Test func whatNobodyAsksForAnyMoreIsNotBegun() {
        var mind = ended()
        mind.isLocked = true
        mind.tell(.called(1, OneSignInTests.ask))
        mind.tell(.hungUp(1))
        mind.isLocked = false
        mind.tell(.timer)
        #expect(mind.signIns.isEmpty)
    }

    @Test func theNotificationsButtonWaitsToo() {
        var mind = ended()
        mind.tell(.desktop(.serving("dunst")))
        mind.tell(.settled)
        var shown: (session: String, notification: SessionHealth.Notification)?
        for case .show(let session, let notification, _) in mind.effects { shown = (session, notification) }
        guard let shown else {
            Issue.record("nothing was shown")
            return
        }
        mind.tell(.notificationShown(session: shown.session, shown.notification, id: 7))
        mind.isLocked = true
        mind.tell(.buttonPressed(7, .signIn))
        mind.tell(.settled)
        #expect(mind.signIns.isEmpty)
        mind.isLocked = false
        mind.tell(.timer)
        #expect(mind.signIns.count == 1)
    }

    /// `bedrock-agent login` in a terminal, which holds a lock, or Claude Code, which does not.
    @Test(arguments: [false, true])
    func thePlansOwnHoldsWhileSomebodyElseSignsIn(isForeign: Bool) {
        var mind = Mind(token: Mind.dueToken)
        (mind.isLocked, mind.isForeign) = (!isForeign, isForeign)
        mind.tell(.settled)
        mind.endRefresh(.sessionEnded(error: "invalid_grant"))
        #expect(mind.signIns.isEmpty)
        #expect(mind.core.plan.sessions.first?.need?.hold == .inATerminal)
        (mind.isLocked, mind.isForeign) = (false, false)
        mind.tell(.timer)
        mind.tell(.settled)
        #expect(mind.signIns.count == 1)
    }

    @Test func whoAsksDoesNotWaitForAForeignOne() {
        var mind = ended()
        mind.isForeign = true
        mind.tell(.called(1, OneSignInTests.ask))
        #expect(mind.signIns.count == 1)
    }

    @Test func aSignInIsWrittenDownBeforeItRuns() {
        var mind = ended()
        mind.tell(.called(1, OneSignInTests.ask))
        let saves = mind.effects.indices.filter {
            if case .reserveSignIn(_, let state) = mind.effects[$0] { state.running?.session == "corp" } else { false }
        }
        let start = mind.effects.firstIndex { if case .startSignIn = $0 { true } else { false } }
        #expect(start.map { saves.contains(where: [Int](0..<$0).contains) } == true)
    }
}
