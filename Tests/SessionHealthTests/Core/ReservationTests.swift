import FoundationEssentials
import SessionHealth
import Testing

/// A sign-in begins once that is written down, and nobody else with this home signs in.
@Suite struct ReservationTests {
    private func mind(_ reservation: Reservation) -> Mind {
        var mind = Mind()
        mind.reservation = reservation
        mind.read(.torn("", writtenAt: Mind.start.wall - 600))
        mind.now = Moment(wall: Mind.start.wall + 6, boot: Mind.start.boot + 6)
        mind.tell(.settled)
        return mind
    }

    @Test func itStarts() {
        let mind = mind(.done)
        #expect(mind.signIns.count == 1)
        #expect(mind.core.state.automaticSignIns.count == 1)
    }

    @Test func whatCannotBeRecordedDoesNotStartByItself() {
        var mind = mind(.failed("disk full"))
        #expect(mind.signIns.isEmpty && mind.core.facts.signIn == nil)
        #expect(mind.core.facts.automaticSignIns.isEmpty)
        #expect(mind.core.session("corp")?.record.failedSignIns == 0)
        #expect(mind.core.plan.sessions.first?.need?.hold == .unrecorded)
        #expect(mind.core.plan.findings.contains { $0.code == .stateNotSaved && $0.message == "disk full" })
        // Somebody asks.
        mind.tell(.called(1, .signIn(session: "corp", wantsMore: false, isContinued: false)))
        #expect(mind.signIns.count == 1)
        mind.tell(.signInEnded(.exited(1)))
        mind.read(.torn("", writtenAt: Mind.start.wall - 600))
        mind.effects = []
        mind.reservation = .done
        mind.tell(.saved(failure: nil))
        mind.tell(.settled)
        // There may be room for less than that.
        #expect(mind.core.plan.sessions.first?.need?.hold == .unrecorded)
        mind.now = Moment(wall: mind.now.wall + 31, boot: mind.now.boot + 31)
        mind.tell(.saved(failure: nil))
        mind.tell(.settled)
        #expect(mind.core.plan.sessions.first?.need?.hold != .unrecorded)
    }

    /// While it was being recorded.
    @Test func whoAskedMeanwhileGetsOneAllTheSame() {
        var mind = Mind()
        mind.reservation = nil
        mind.read(.torn("", writtenAt: Mind.start.wall - 600))
        mind.now = Moment(wall: Mind.start.wall + 6, boot: Mind.start.boot + 6)
        mind.tell(.settled)
        mind.tell(.called(1, .signIn(session: "corp", wantsMore: false, isContinued: false)))
        mind.reservation = .failed("disk full")
        mind.tell(.signInReserved(session: "corp", .failed("disk full")))
        #expect(mind.signIns.count == 1)
        mind.tell(.signInEnded(.exited(1)))
        mind.read(.torn("", writtenAt: Mind.start.wall - 600))
        #expect(mind.replies(to: 1).count == 1)
    }

    @Test func itStartsOnceItCanBeRecorded() {
        var mind = mind(.failed("disk full"))
        mind.reservation = .done
        mind.now = Moment(wall: mind.now.wall + 31, boot: mind.now.boot + 31)
        mind.tell(.saved(failure: nil))
        mind.tell(.settled)
        #expect(mind.signIns.count == 1)
    }

    @Test func anotherMachineIsFirst() {
        var mind = mind(.taken)
        #expect(mind.signIns.isEmpty && mind.core.facts.signIn == nil)
        #expect(mind.core.plan.sessions.first?.need?.hold == .inATerminal)
        mind.tell(.called(1, .signIn(session: "corp", wantsMore: false, isContinued: false)))
        #expect(mind.signIns.isEmpty && mind.replies(to: 1).isEmpty)
        // It has signed in.
        mind.reservation = .done
        mind.read(Mind.token(for: 3600, "second"))
        #expect(mind.replies(to: 1) == [.signIn(.healthy, url: nil, code: nil)])
    }

    @Test func whatAnotherMachineTriedCounts() {
        var theirs = AgentState()
        theirs.automaticSignIns = [Mind.start.wall]
        var record = SessionRecord()
        record.failedSignIns = 1
        record.lastSignIn = .init(at: Mind.start.wall, result: "timed-out")
        theirs.sessions["corp"] = record
        var mind = mind(.found(theirs))
        mind.reservation = .done
        mind.tell(.settled)
        #expect(mind.signIns.isEmpty)
        #expect(mind.core.state.automaticSignIns == theirs.automaticSignIns)
        guard case .resting? = mind.core.plan.sessions.first?.need?.hold else {
            Issue.record("no cooldown: \(String(describing: mind.core.plan.sessions.first?.need))")
            return
        }
    }

    @Test func whatAnotherMachineWroteIsKept() {
        var mind = Mind()
        mind.tell(.refreshEnded(session: "corp", .exited(0), output: RefreshOutcome.offline(reason: "x").json))
        var theirs = mind.core.state
        theirs.sessions["globex"] = SessionRecord()
        theirs.sessions["globex"]?.lifetimes = [28800]
        theirs.running = AgentState.RunningSignIn(session: "globex", startedAt: Mind.start.wall, isAutomatic: true)
        theirs.running?.machine = "other"
        mind.tell(.saved(failure: nil, found: theirs))
        #expect(mind.core.state.sessions["globex"]?.lifetimes == [28800])
        #expect(mind.core.state.running == theirs.running && mind.core.facts.signIn == nil)
        // It has ended there.
        var later = theirs
        later.running = nil
        mind.tell(.saved(failure: nil, found: later))
        #expect(mind.core.state.running == nil)
    }

    @Test func aSignInOfAnotherMachineIsNotOurs() {
        var state = AgentState()
        state.running = AgentState.RunningSignIn(session: "corp", startedAt: Mind.start.wall, isAutomatic: true)
        state.running?.machine = "other"
        let mind = Mind(state: state)
        #expect(mind.core.facts.signIn == nil && mind.core.state.running == state.running)
    }

    @Test func aCountAtItsLimitIsBounded() {
        var state = AgentState()
        state.sessions["corp"] = SessionRecord()
        state.sessions["corp"]?.failedSignIns = .max
        var mind = Mind(state: state)
        mind.read(.torn("", writtenAt: Mind.start.wall - 600))
        mind.now = Moment(wall: Mind.start.wall + 6, boot: Mind.start.boot + 6)
        mind.tell(.settled)
        #expect(mind.signIns.count == 1)
    }
}
