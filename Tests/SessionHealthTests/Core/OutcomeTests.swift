import FoundationEssentials
import SessionHealth
import Testing

/// How the result of a refresh or a sign-in is recorded, and what a changed token file tells about it.
@Suite struct OutcomeTests {
    private func refresh(_ facts: inout Facts, _ outcome: RefreshOutcome, at seconds: TimeInterval) {
        guard let token = facts.session.token.clocks else { return }
        facts.session.refreshBegan()
        facts.session.refreshEnded(
            outcome, token: token, startedAt: moment(seconds).boot, at: moment(seconds + 2), spread: 0.5, jitter: 0.25)
    }

    @Test func failuresAreCountedUntilOneWorks() {
        var facts = Facts.corp
        refresh(&facts, .offline(reason: "DNS"), at: 2400)
        refresh(&facts, .failed(reason: "read-only"), at: 2500)
        #expect(facts.session.lastTry?.failures == 2)
        // Still due, whatever was drawn: somebody may have it forgotten, by Reload.
        #expect(facts.session.jitter == 0)
        #expect(facts.session.lastTry?.startedAt == bootThen + 2500)
        #expect(facts.session.record.lastRefresh == .init(at: signedIn + 2502, result: "failed"))
        refresh(&facts, .refreshed(expiresAt: signedIn + 6000), at: 2600)
        #expect(facts.session.lastTry?.failures == 0 && facts.session.jitter == 0.25)
        #expect(!facts.session.isRefreshing)
    }

    @Test func anEndInTimeIsLearned() {
        var facts = Facts.corp
        facts.session.token = .found(.hour(from: 7 * hour + 2400))
        refresh(&facts, .sessionEnded(error: "invalid_grant"), at: 8 * hour - 2)
        #expect(facts.session.record.lifetimes == [8 * hour] && facts.session.record.signedInAt == nil)
        #expect(plan(for: facts, at: moment(8 * hour)).condition == .signInNeeded)
    }

    @Test func anEndThatWasSleptThroughIsNot() {
        var facts = Facts.corp
        refresh(&facts, .sessionEnded(error: "invalid_grant"), at: 24 * hour)
        #expect(facts.session.record.lifetimes.isEmpty && facts.session.record.signedInAt == nil)
    }

    @Test func anEndOfATokenThatWasReplacedMeanwhileIsNone() {
        var facts = Facts.corp
        facts.session.refreshBegan()
        facts.session.note(.found(.hour(from: 2401, "t2")), at: signedIn + 2401, signInIsOurs: false)
        facts.session.refreshEnded(
            .sessionEnded(error: "invalid_grant"), token: .hour(), startedAt: moment(2400).boot, at: moment(2402),
            spread: 0, jitter: 0)
        #expect(facts.session.record.signedInAt == signedIn && facts.session.record.lifetimes.isEmpty)
        #expect(plan(for: facts, at: moment(2402)).condition == .healthy)
    }

    @Test func aRefreshThatWasAskedForIsOneOfThatToken() {
        var facts = Facts.corp
        facts.session.refreshIsAsked = true
        facts.session.note(.found(.hour(from: 2401, "t2")), at: signedIn + 2401, signInIsOurs: false)
        #expect(facts.session.refreshIsAsked)
        facts.session.note(.absent, at: signedIn + 2402, signInIsOurs: false)
        #expect(!facts.session.refreshIsAsked)
    }

    private static let ended = Facts.corp.changed {
        $0.session.refused(.sessionEnded(error: "invalid_grant"))
        $0.session.record.signedInAt = nil
        $0.session.tokenWasRead = true
    }

    @Test func aSignInThatWorkedStartsAnew() {
        var facts = OutcomeTests.ended
        facts.session.record.failedSignIns = 2
        facts.signInBegan("corp", isAutomatic: true, at: signedIn + 2400)
        #expect(facts.session.record.failedSignIns == 3 && facts.automaticSignIns == [signedIn + 2400])
        facts.session.note(.found(.hour(from: 2420, "t2")), at: signedIn + 2420, signInIsOurs: true)
        facts.signInEnded("corp", word: "changed-nothing", at: moment(2430))
        let record = facts.session.record
        #expect(record.failedSignIns == 0 && record.refusal == nil && record.signedInAt == signedIn + 2430)
        #expect(record.lastSignIn == .init(at: signedIn + 2430, result: "ok"))
    }

    @Test func aSignInThatFailedIsNoneHoweverGoodTheSessionIs() {
        for (failed, token, result) in [(true, "t1", "exit-255"), (false, "t1", "ok"), (true, "t2", "ok")] {
            var facts = Facts.corp
            facts.session.tokenWasRead = true
            facts.signInBegan("corp", isAutomatic: false, at: signedIn + 100)
            facts.session.note(.found(.hour(token)), at: signedIn + 110, signInIsOurs: true)
            facts.signInEnded("corp", word: "exit-255", commandFailed: failed, at: moment(110))
            #expect(facts.session.record.lastSignIn == .init(at: signedIn + 110, result: result))
        }
    }

    /// A refresher was busy meanwhile, unless the command says that somebody signed in, or nothing can be refreshed.
    @Test(arguments: [(true, true, "timed-out"), (false, true, "ok"), (true, false, "ok")])
    func aNewTokenIsNoSignInWhereNobodyCompletedOneInTime(
        _ saysNothing: Bool, _ canBeRefreshed: Bool, _ result: String
    ) {
        var facts = Facts.corp
        var token = TokenClocks.hour()
        token.hasRefreshToken = canBeRefreshed
        facts.session.note(.found(token), at: signedIn, signInIsOurs: false)
        facts.signInBegan("corp", isAutomatic: false, at: signedIn + 100)
        facts.session.note(.found(.hour("t2")), at: signedIn + 110, signInIsOurs: true)
        facts.signInEnded(
            "corp", word: "timed-out", commandFailed: true, saysNothing: saysNothing, at: moment(280))
        #expect(facts.session.record.lastSignIn == .init(at: signedIn + 280, result: result))
    }

    /// A machine slept through the token's end, and a refresh could still mend that.
    @Test(arguments: [("t1", "unwatched"), ("t2", "ok")])
    func aSignInThatLeftAnExpiredTokenHelpedNobody(_ token: String, _ result: String) {
        var facts = Facts.corp
        facts.session.tokenWasRead = true
        facts.signInBegan("corp", isAutomatic: false, at: signedIn + 2 * day)
        let start = token == "t1" ? 0 : 2 * day
        facts.session.note(.found(.hour(from: start, token)), at: signedIn + 2 * day + 5, signInIsOurs: true)
        facts.signInEnded("corp", word: "unwatched", at: moment(2 * day + 5))
        #expect(facts.session.record.lastSignIn?.result == result)
    }

    @Test func aCrashInTheMiddleOpensNoSecondTab() {
        var facts = OutcomeTests.ended
        facts.signInBegan("corp", isAutomatic: true, at: signedIn + 2400)
        var next = OutcomeTests.ended
        next.session.record = facts.session.record
        next.automaticSignIns = facts.automaticSignIns
        next.session.tokenWasRead = false
        next.session.note(.found(.hour()), at: signedIn + 2410, signInIsOurs: false)
        #expect(plan(for: next, at: moment(2410)).sessions[0].action == nil)
        #expect(plan(for: next, at: moment(2400 + 900)).sessions[0].action != nil)
    }

    @Test func oneByHandThatWasGivenUpIsNotFollowedByAnotherAtOnce() {
        var facts = OutcomeTests.ended
        facts.session.signInFailed(3, at: 2400)
        facts.signInBegan("corp", isAutomatic: false, at: signedIn + 3000)
        facts.signInEnded("corp", word: "timed-out", at: moment(3165))
        #expect(facts.automaticSignIns.isEmpty)
        let session = plan(for: facts, at: moment(3165)).sessions[0]
        #expect(session.action == nil && session.wake.wall == signedIn + 3165 + 900)
    }

    /// An early one has been tried for the end of this token.
    @Test func oneByHandThatWasGivenUpIsNotFollowedByTheOneAtTheEnd() {
        var facts = Facts.legacy
        let name = facts.session.session.name
        let end = 8 * hour
        facts.session.record.earlySignInFor = signedIn + end
        facts.signInBegan(name, isAutomatic: false, at: signedIn + end - 200)
        facts.signInEnded(name, word: "timed-out", commandFailed: true, at: moment(end - 35))
        #expect(plan(for: facts, at: moment(end)).sessions[0].action == nil)
        #expect(plan(for: facts, at: moment(end - 35 + 899)).sessions[0].action == nil)
        #expect(plan(for: facts, at: moment(end - 35 + 901)).sessions[0].action != nil)
    }

    @Test func oneByHandInARunningSessionDoesNotMoveItsStart() {
        var facts = Facts.corp
        facts.signInBegan("corp", isAutomatic: false, at: signedIn + 600)
        facts.session.note(.found(.hour(from: 620, "t2")), at: signedIn + 620, signInIsOurs: true)
        let helped = facts.signInEnded("corp", word: "changed-nothing", at: moment(620))
        #expect(helped && facts.session.record.signedInAt == signedIn)
    }

    @Test(arguments: [(8 * hour, false), (8 * hour + 60, false), (8 * hour + 61, true), (15 * hour, true)])
    func anEarlyOneHelpedIfTheEndMoved(_ newEnd: TimeInterval, _ moves: Bool) {
        var facts = Facts.legacy
        let name = facts.session.session.name
        let at = 8 * hour - 900
        facts.signInBegan(name, isAutomatic: true, isEarly: true, at: signedIn + at)
        facts.session.note(
            .found(.legacy(from: at + 60, until: newEnd, "t2")), at: signedIn + at + 60, signInIsOurs: true)
        let helped = facts.signInEnded(name, word: "changed-nothing", at: moment(at + 60))
        #expect(helped == moves)
        #expect(facts.session.record.failedSignIns == 0)
        #expect(facts.session.record.lastSignIn?.result == (moves ? "ok" : "changed-nothing"))
        let after = plan(for: facts, at: moment(at + 61)).sessions[0]
        #expect(after.action == nil || moves)
    }

    @Test(
        arguments: [
            ("a sign-in after the end", TokenFacts.found(.hour()), true, true),
            ("another tool's refresh", .found(.hour()), false, false),
            ("the first token", .absent, false, true),
            (
                "a file that becomes readable", .unreadable(UnreadableFile(path: "/t", reason: "mode", fix: "chmod")),
                false, false
            ),
            ("a file that was never seen whole", .torn(since: 0, reason: "", last: nil), false, false),
            ("a registration that had ended", .found(.hour(registration: 100)), false, true),
            ("a legacy token that had ended", .found(.legacy(until: 100)), false, true),
            ("a legacy token whose end moved", .found(.legacy(until: 3000)), false, true),
        ] as [(String, TokenFacts, Bool, Bool)])
    func aChangedFile(_ name: String, _ before: TokenFacts, _ isRefused: Bool, _ isSignIn: Bool) {
        var facts = Facts.corp
        facts.session.token = before
        facts.session.tokenWasRead = true
        facts.session.signInFailed(1, at: 0)
        if isRefused { facts.session.refused(.sessionEnded(error: "invalid_grant")) }
        facts.session.note(.found(.hour(from: 2000, "t2")), at: signedIn + 2000, signInIsOurs: false)
        #expect(facts.session.record.signedInAt == (isSignIn ? signedIn + 2000 : signedIn), "\(name)")
    }

    @Test func aRefusalThatWasMendedIsNoSignIn() {
        var facts = Facts.corp
        facts.session.tokenWasRead = true
        facts.session.refused(.refused(error: "access_denied", description: ""))
        facts.session.note(.found(.hour(from: 2000, "t2")), at: signedIn + 2000, signInIsOurs: false)
        #expect(facts.session.record.signedInAt == signedIn)
        #expect(plan(for: facts, at: moment(2000)).condition == .healthy)
    }
}
