import FoundationEssentials
import SessionHealth
import Testing

/// `state.json` was lost while a sign-in ran: its unit or its process is all that tells of it.
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

    /// A full disk kept the older record.
    @Test func whatRunsIsBelievedMoreThanTheRecord() {
        var state = AgentState()
        state.running = AgentState.RunningSignIn(session: "other", startedAt: Mind.start.wall - 90, isAutomatic: true)
        state.running?.pid = 7
        var process = unit
        process.unit = nil
        process.pid = 8
        let mind = Mind(token: Mind.token(for: -600), state: state, units: [process])
        #expect(mind.core.facts.signIn?.session == "corp")
    }

    @Test func aRecordWithoutItsProcessGetsIt() {
        var state = AgentState()
        state.running = AgentState.RunningSignIn(session: "corp", startedAt: Mind.start.wall - 61, isAutomatic: false)
        let mind = Mind(token: Mind.token(for: -600), state: state, units: [unit])
        #expect(mind.core.facts.signIn?.isAutomatic == false)
        #expect(mind.core.facts.signIn?.startedAt == Mind.start.wall - 61)
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
