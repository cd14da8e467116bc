import FoundationEssentials
import SessionHealth
import Testing

/// What happens while a refresh is under way.
@Suite struct RefreshUnderWayTests {
    /// A refresh has just started.
    private func refreshing() -> Mind {
        let mind = Mind(token: Mind.token(for: -60))
        #expect(mind.core.session("corp")?.isRefreshing == true)
        return mind
    }

    private func end(_ mind: inout Mind, _ outcome: RefreshOutcome) {
        mind.tell(.refreshEnded(session: "corp", .exited(0), output: outcome.json))
    }

    @Test func aSessionThatIsGuardedAgainIsStillBeingRefreshed() {
        var mind = refreshing()
        mind.tell(.configurationRead(Mind.reading(hasProfile: false)))
        mind.tell(.tokensRead([]))
        #expect(mind.core.session("corp") == nil)
        mind.tell(.configurationRead(Mind.configuration))
        mind.read(Mind.token(for: -60))
        #expect(mind.core.session("corp")?.isRefreshing == true && mind.refreshes.isEmpty)
        mind.tell(.called(1, .refresh(session: "corp")))
        #expect(mind.replies(to: 1) == [])
        end(&mind, .refreshed(expiresAt: Mind.start.wall + 3600))
        mind.read(Mind.token(for: 3600, "second"))
        #expect(mind.replies(to: 1) == [.done])
        #expect(mind.core.session("corp")?.isRefreshing == false)
    }

    @Test func whoWaitsForItIsAnsweredWhenTheSessionHasGone() {
        var mind = refreshing()
        mind.tell(.called(1, .refresh(session: "corp")))
        mind.tell(.configurationRead(Mind.reading(hasProfile: false)))
        mind.tell(.tokensRead([]))
        #expect(mind.replies(to: 1) == [])
        end(&mind, .refreshed(expiresAt: Mind.start.wall + 3600))
        #expect(mind.replies(to: 1) == [.done])
    }

    @Test func aNetworkThatReturnsMeanwhileIsNewToIt() {
        var mind = refreshing()
        mind.now.boot += 1
        mind.tell(.networkReturned)
        mind.now.boot += 1
        end(&mind, .offline(reason: "no route"))
        mind.effects = []
        mind.read(Mind.token(for: -60))
        #expect(mind.wake?.boot == mind.now.boot + mind.core.facts.policy.hintPause)
    }

    // MARK: A daemon before this one began it

    @Test func aTokenWhoseGrantIsKeptIsRefreshedAtOnce() {
        let mind = Mind(token: Mind.token(for: 3600), ofKept: Mind.token(for: 3600))
        #expect(mind.core.session("corp")?.isRefreshing == true)
    }

    @Test func theTokenThatTheGrantHasBecomeIsNot() {
        let mind = Mind(token: Mind.token(for: 3600, "second"), ofKept: Mind.token(for: 3600))
        #expect(mind.core.session("corp")?.isRefreshing == false)
    }

    // MARK: Somebody else writes the file

    /// Asked for while the AWS CLI writes the token file.
    private func askedWhileTorn() -> Mind {
        var mind = Mind()
        mind.read(.torn("it ends here", writtenAt: Mind.start.wall))
        mind.tell(.called(1, .refresh(session: "corp")))
        mind.tell(.settled)
        return mind
    }

    @Test func itWaitsForTheEndOfTheFile() {
        var mind = askedWhileTorn()
        #expect(mind.replies(to: 1).isEmpty && mind.refreshes.isEmpty)
        mind.read(Mind.token(for: 3600, "second"))
        #expect(mind.refreshes.count == 1)
    }

    @Test func itDoesNotWaitForADamagedFile() {
        var mind = askedWhileTorn()
        mind.now.boot += Policy().tornPatience
        mind.read(.torn("it ends here", writtenAt: Mind.start.wall))
        #expect(mind.replies(to: 1).count == 1 && mind.refreshes.isEmpty)
    }
}
