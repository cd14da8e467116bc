import FoundationEssentials
import SessionHealth
import Testing

/// `state.json` was lost while a sign-in ran: its unit is all that tells of it.
@Suite struct LostRecordsTests {
    private let unit: AgentState.RunningSignIn = {
        var unit = AgentState.RunningSignIn(
            session: Mind.session.tokenKeyHash, startedAt: Mind.start.wall - 60, isAutomatic: true)
        unit.unit = "bedrock-agent-sign-in"
        return unit
    }()

    private func adopted(_ token: TokenReading) -> Mind {
        var mind = Mind(token: token, units: [unit])
        mind.tell(.signInStarted(unit))
        return mind
    }

    @Test func itsSessionIsKnown() {
        let mind = adopted(Mind.token(for: -600))
        #expect(mind.core.facts.signIn?.session == "corp")
    }

    @Test func anOldTokenDoesNotMakeItASuccess() {
        var mind = adopted(Mind.token(for: -600))
        mind.tell(.signInEnded(.timedOut))
        mind.read(Mind.token(for: -600))
        #expect(mind.core.session("corp")?.record.lastSignIn?.result == "timed-out")
    }

    @Test func itsFailureCounts() {
        var mind = adopted(.absent)
        mind.tell(.signInEnded(.exited(1)))
        mind.read(.absent)
        #expect(mind.core.session("corp")?.record.failedSignIns == 1)
        #expect(mind.signIns.isEmpty)
    }

    @Test func aNewTokenIsASuccess() {
        var mind = adopted(Mind.token(for: -600))
        mind.tell(.signInEnded(.exited(0)))
        mind.read(Mind.token(for: 3600, "second"))
        #expect(mind.core.session("corp")?.record.lastSignIn?.result == "ok")
    }
}
