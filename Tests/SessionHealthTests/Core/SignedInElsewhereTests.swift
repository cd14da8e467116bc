import FoundationEssentials
import SessionHealth
import Testing

/// Somebody signs in by another way while ours waits: `aws sso login` by hand, say.
@Suite struct SignedInElsewhereTests {
    private static let ask = Request.signIn(session: "corp", wantsMore: false, isContinued: false)

    /// A sign-in that started by itself is under way, and a client waits for it, too.
    private func waiting() -> Mind {
        var mind = Mind(token: Mind.dueToken)
        mind.tell(.settled)
        mind.endRefresh(.sessionEnded(error: "invalid_grant"))
        #expect(mind.signIns.count == 1)
        if let record = mind.signIns.first?.record { mind.tell(.signInStarted(record)) }
        mind.tell(.called(1, SignedInElsewhereTests.ask))
        mind.effects = []
        return mind
    }

    private func stops(_ mind: Mind) -> Int {
        mind.effects.count { if case .stopSignIn = $0 { true } else { false } }
    }

    @Test func whoWaitsIsToldAtOnce() {
        var mind = waiting()
        mind.read(Mind.token(for: 3600, "second"))
        #expect(mind.replies(to: 1) == [.signIn(.healthy, url: nil, code: nil)])
        #expect(mind.core.plan.sessions.first?.condition == .healthy)
        #expect(mind.core.status(at: mind.now.wall).sessions.first?.signIn == nil)
        // And so is whoever asks now.
        mind.tell(.called(2, SignedInElsewhereTests.ask))
        #expect(mind.replies(to: 2) == [.signIn(.healthy, url: nil, code: nil)])
    }

    @Test func itsCommandIsStoppedUnlessItEndsByItself() {
        var mind = waiting()
        mind.read(Mind.token(for: 3600, "second"))
        #expect(stops(mind) == 0)
        guard let end = mind.wake?.boot else {
            Issue.record("nothing wakes it")
            return
        }
        mind.now.boot = end
        mind.now.wall += 5
        mind.tell(.timer)
        mind.tell(.settled)
        mind.tell(.settled)
        #expect(stops(mind) == 1)
        mind.tell(.signInEnded(.timedOut))
        mind.read(Mind.token(for: 3600, "second"))
        #expect(mind.core.session("corp")?.record.lastSignIn?.result == "ok")
        #expect(mind.core.session("corp")?.record.failedSignIns == 0)
    }

    /// `aws sso login && sync-more`, say.
    @Test func aCommandThatHasSignedInItselfMayGoOn() {
        var mind = waiting()
        mind.tell(.signInOutput(Array("Successfully logged into Start URL: https://corp.awsapps.com/start\n".utf8)))
        mind.read(Mind.token(for: 3600, "second"))
        #expect(mind.replies(to: 1) == [.signIn(.healthy, url: nil, code: nil)])
        mind.now.boot += 60
        mind.tell(.timer)
        mind.tell(.settled)
        #expect(stops(mind) == 0)
    }

    @Test func aTokenThatHelpsNobodyIsNone() {
        var mind = waiting()
        mind.read(Mind.token(for: -10, "second"))
        mind.read(Mind.dueToken)
        #expect(mind.replies(to: 1).isEmpty && mind.core.plan.sessions.first?.condition == .signingIn)
    }

    /// Somebody wants to sign in anew although the session runs: another tool's refresh is no answer to that.
    @Test func oneThatWasNotNeededWaitsForItsEnd() {
        var mind = Mind()
        mind.tell(.called(1, SignedInElsewhereTests.ask))
        if let record = mind.signIns.first?.record { mind.tell(.signInStarted(record)) }
        mind.read(Mind.token(for: 3600, "second"))
        #expect(mind.replies(to: 1).isEmpty && mind.core.plan.sessions.first?.condition == .signingIn)
    }

    @Test(arguments: [true, false])
    func oneOfAnEarlierProcessIsOverAtTheStart(isAutomatic: Bool) {
        var record = AgentState.RunningSignIn(
            session: "corp", startedAt: Mind.start.wall - 60, isAutomatic: isAutomatic)
        record.isNeeded = true
        record.unit = "bedrock-agent-sign-in"
        record.before = "first"
        var state = AgentState()
        state.running = record
        let mind = Mind(token: Mind.token(for: 3600, "second"), state: state, units: [record])
        #expect(mind.core.facts.signIn?.isOver == true && mind.core.plan.sessions.first?.condition == .healthy)
    }
}
