import FoundationEssentials
import SessionHealth
import Testing

/// The durations and limits that the README promises.
@Suite struct PolicyTests {
    private let policy = Policy()

    @Test func theLeadsAreThosePromised() {
        #expect(policy.refreshAhead == 20 * minute && policy.legacyAhead == 15 * minute)
        #expect(policy.coverAhead == 12 * hour && policy.signIn == .auto)
    }

    /// Claude Code kills its own after 180 s.
    @Test func aSignInMayTake165Seconds() { #expect(policy.signInTimeout == 165) }

    @Test func sixSignInsADayAndThreeCooldowns() {
        #expect(policy.budget == 6 && policy.budgetWindow == day)
        #expect(policy.cooldowns == [15 * minute, hour, 4 * hour])
    }

    @Test func retriesComeFromTheLead() {
        #expect(policy.retryFirst == 30 && policy.retryMost == 10 * minute && policy.hintPause == 5)
        #expect(policy.jitterMost == minute && policy.refreshInterval == minute && policy.unwatchedInterval == 30)
    }

    @Test func noPauseIsShorterThanHalfASecond() {
        var policy = Policy()
        policy.refreshAhead = 0.001
        #expect(policy.retryFirst == 0.5 && policy.retryMost == 0.5 && policy.refreshInterval == 0.5)
    }

    @Test func aTornFileHasFiveSecondsAndIsReadEachSecond() {
        #expect(policy.tornPatience == 5 && policy.tornRetry == 1)
    }
}
