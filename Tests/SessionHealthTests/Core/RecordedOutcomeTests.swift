import FoundationEssentials
import SessionHealth
import Testing

/// What is remembered of a refusal, of failures in a row, and of the sign-ins of a day.
@Suite struct RecordedOutcomeTests {
    private func refresh(_ facts: inout Facts, _ outcome: RefreshOutcome, at seconds: TimeInterval) {
        guard let token = facts.session.token.clocks else { return }
        facts.session.refreshBegan()
        facts.session.refreshEnded(
            outcome, token: token, startedAt: moment(seconds).boot, at: moment(seconds), spread: 0, jitter: 0,
            retryHint: facts.retryHint)
    }

    @Test(arguments: [
        RefreshOutcome.registrationRefused(error: "invalid_client"), .sessionEnded(error: "invalid_grant"),
        .refused(error: "access_denied", description: ""),
    ])
    func aRefusalHoldsUntilARefreshWorks(_ outcome: RefreshOutcome) {
        var facts = Facts.corp
        refresh(&facts, outcome, at: 2400)
        #expect(facts.session.record.refusal == .init(fingerprint: "t1", outcome: outcome, at: signedIn + 2400))
        refresh(&facts, .offline(reason: "DNS"), at: 2500)
        #expect(facts.session.record.refusal != nil)
        refresh(&facts, .adopted(expiresAt: signedIn + 6000), at: 2600)
        #expect(facts.session.record.refusal == nil)
    }

    @Test func aSessionThatEndsWithItsTokenTeachesNoLength() {
        var facts = Facts.corp
        refresh(&facts, .sessionEnded(error: "invalid_grant"), at: hour)
        #expect(facts.session.record.lifetimes == [] && facts.session.record.signedInAt == nil)
    }

    @Test(arguments: [(nil, 3), (2500, 3), (2501, 1)] as [(TimeInterval?, Int)])
    func theNetworkThatReturnedRestartsThePauses(_ hint: TimeInterval?, _ failures: Int) {
        var facts = Facts.corp
        refresh(&facts, .offline(reason: "DNS"), at: 2400)
        refresh(&facts, .offline(reason: "DNS"), at: 2500)
        facts.retryHint = hint.map { bootThen + $0 }
        refresh(&facts, .offline(reason: "DNS"), at: 2600)
        #expect(facts.session.lastTry?.failures == failures)
    }

    // MARK: Sign-ins

    @Test func thoseOfTheLastDayCount() {
        var facts = Facts.corp
        facts.automaticSignIns = [signedIn - day - 1, signedIn - day, signedIn - day + 1, signedIn - 1]
        facts.signInBegan("corp", isAutomatic: true, at: signedIn)
        #expect(facts.automaticSignIns == [signedIn - day + 1, signedIn - 1, signedIn])
        #expect(facts.session.record.failedSignIns == 1)
        facts.signInBegan("corp", isAutomatic: false, at: signedIn)
        #expect(facts.automaticSignIns.count == 3 && facts.session.record.failedSignIns == 1)
    }

    @Test func theBeginningOfASessionIsKeptWhileItRuns() {
        var facts = Facts.corp
        facts.signInBegan("corp", isAutomatic: false, at: signedIn + hour - 1)
        #expect(facts.session.record.signedInAt == signedIn)
        facts.signInBegan("corp", isAutomatic: false, at: signedIn + hour)
        #expect(facts.session.record.signedInAt == nil)
        facts = .corp
        facts.session.refused(.sessionEnded(error: "invalid_grant"))
        facts.signInBegan("corp", isAutomatic: false, at: signedIn + 1)
        #expect(facts.session.record.signedInAt == nil)
    }

    /// An early sign-in, which brings this token.
    private func early(_ token: TokenClocks) -> Facts {
        var facts = Facts.legacy
        let early = moment(8 * hour - 15 * minute)
        facts.signInBegan(facts.session.session.name, isAutomatic: true, isEarly: true, at: early.wall)
        facts.signIn?.isNeeded = true
        facts.session.token = .found(token)
        return facts
    }

    @Test(arguments: [(60, false), (61, true)] as [(TimeInterval, Bool)])
    func anEarlyOneHelpedOnlyIfItMovedTheEnd(_ seconds: TimeInterval, _ helped: Bool) {
        let now = moment(8 * hour - 14 * minute)
        var facts = early(.legacy(until: 8 * hour + seconds, "t2"))
        #expect(facts.session.record.earlySignInFor == signedIn + 8 * hour)
        #expect(facts.session.record.failedSignIns == 0)
        #expect(facts.signInIsOver(at: now) == helped)
        let name = facts.session.session.name
        #expect(facts.signInEnded(name, word: "changed-nothing", at: now) == helped)
        #expect(facts.session.record.earlySignInFor == (helped ? nil : signedIn + 8 * hour))
        #expect(facts.session.record.signedInAt == (helped ? now.wall : signedIn))
        #expect(facts.session.record.failedSignIns == 0)
    }

    @Test func anEarlyOneThatBroughtARefreshTokenHelped() {
        var facts = early(.hour(from: 8 * hour - 15 * minute, for: 15 * minute, "t2"))
        let now = moment(8 * hour - 14 * minute)
        #expect(facts.signInIsOver(at: now))
        let helped = facts.signInEnded(facts.session.session.name, word: "", at: now)
        #expect(helped)
    }

    @Test func theEndOfAnotherSessionsSignInChangesNothing() {
        var facts = Facts.corp
        facts.signInBegan("corp", isAutomatic: true, at: signedIn)
        let helped = facts.signInEnded("labs", word: "ok", at: moment(1))
        #expect(!helped && facts.signIn != nil)
    }

    @Test func theEndOfOneWhoseSessionIsGoneHelpedNobody() {
        var facts = Facts.corp
        facts.signInBegan("corp", isAutomatic: true, at: signedIn)
        facts.sessions = []
        let helped = facts.signInEnded("corp", word: "ok", at: moment(1))
        #expect(!helped && facts.signIn == nil)
    }
}
