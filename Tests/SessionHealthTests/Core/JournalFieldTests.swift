import FoundationEssentials
import SessionHealth
import Testing

/// What a fleet goes by: the fields of what is recorded.
@Suite struct JournalFieldTests {
    private typealias Field = JournalMessage.Field

    private func records(_ mind: Mind, _ id: JournalMessage.ID) -> [[String: String]] {
        mind.effects.compactMap { effect in
            guard case .record(let message) = effect, message.id == id else { return nil }
            return message.fields
        }
    }

    @Test func eachEntrySaysWhichVersionItIsAndWhoIsThere() throws {
        var mind = Mind()
        mind.tell(.woke)
        #expect(
            records(mind, .woke) == [[Field.version: "1", Field.presence: "present"]])
        var away = Mind.login
        away.isLocked = true
        mind.tell(.loginSessions([away]))
        #expect(records(mind, .presence) == [[Field.version: "1", Field.presence: "away"]])
    }

    @Test func aRefusalIsNamedAndAChangeSaysWhatWasBefore() throws {
        var mind = Mind(token: Mind.dueToken)
        var away = Mind.login
        away.isLocked = true
        mind.tell(.loginSessions([away]))
        mind.tell(.settled)
        mind.effects = []
        mind.now.wall += 600
        mind.endRefresh(.sessionEnded(error: "invalid_grant"))
        let refused = try #require(records(mind, .refreshFailed).first)
        #expect(refused[Field.refusal] == "invalid_grant" && refused[Field.refreshResult] == "session-ended")
        #expect(refused[Field.kind] == "sso-session")
        let changed = try #require(records(mind, .conditionChanged).last)
        #expect(changed[Field.condition] == "sign-in-needed" && changed[Field.presence] == "away")
        #expect(changed[Field.conditionSince] == nil)
    }

    @Test func signInsHaveACauseAndAResult() throws {
        var mind = Mind(token: Mind.dueToken)
        mind.tell(.settled)
        mind.endRefresh(.sessionEnded(error: "invalid_grant"))
        #expect(records(mind, .signInStarted).map { $0[Field.signInCause] } == ["automatic"])
        let record = try #require(mind.signIns.first?.record)
        mind.tell(.signInStarted(record))
        mind.tell(.signInEnded(.timedOut))
        mind.read(Mind.dueToken)
        let failed = try #require(records(mind, .signInEnded).last)
        #expect(failed[Field.signInCause] == "automatic" && failed[Field.signInResult] == "timed-out")

        mind.effects = []
        mind.read(Mind.token(for: 3600, "second"))
        let elsewhere = try #require(records(mind, .signInEnded).last)
        #expect(elsewhere[Field.signInCause] == "elsewhere" && elsewhere[Field.signInResult] == "ok")
        let changed = try #require(records(mind, .conditionChanged).last)
        #expect(changed[Field.condition] == "healthy" && changed[Field.conditionWas] == "sign-in-needed")
        #expect(changed[Field.conditionWasSince] == Timestamp.format(Mind.start.wall))

        mind.effects = []
        mind.tell(.called(1, .signIn(session: "corp", wantsMore: false, isContinued: false)))
        #expect(records(mind, .signInStarted).map { $0[Field.signInCause] } == ["asked"])
    }

    /// Something happens each hour.
    private func passSixtyHours(_ mind: inout Mind) {
        for hours in 1...60 {
            mind.now = Moment(
                wall: Mind.start.wall + Double(hours) * 3600, boot: Mind.start.boot + Double(hours) * 3600)
            mind.tell(.settled)
        }
    }

    @Test func whatStaysAsItIsIsToldOnceADayAndWakesNobody() throws {
        var mind = Mind(token: Mind.token(for: 40 * 86_400))
        let wake = mind.wake
        passSixtyHours(&mind)
        let told = records(mind, .conditionHolds)
        #expect(told.count == 2)
        #expect(told.last?[Field.condition] == "healthy")
        #expect(told.last?[Field.conditionSince] == Timestamp.format(Mind.start.wall))
        #expect(mind.wake?.wall == wake?.wall ?? mind.wake?.wall)
    }

    @Test func thatThereIsNoSessionIsToldOnceADay() throws {
        var mind = Mind(token: Mind.token(for: 3600))
        mind.tell(.settled)
        #expect(records(mind, .noSession).isEmpty)
        mind.tell(.configurationRead(Mind.reading(hasProfile: false)))
        passSixtyHours(&mind)
        let told = records(mind, .noSession)
        #expect(told.count == 3)
        #expect(told.last?[Field.kind] == "none" && told.last?[Field.condition] == mind.core.plan.condition.rawValue)
        #expect(told.last?[Field.version] == "1" && told.last?[Field.presence] == "present")
    }

    @Test func aSessionThatIsNoLongerGuardedIsToldOf() throws {
        var mind = Mind(token: Mind.token(for: 3600))
        mind.tell(.settled)
        mind.tell(.configurationRead(Mind.reading(hasProfile: false)))
        mind.tell(.settled)
        let left = try #require(records(mind, .sessionLeft).last)
        #expect(left[Field.session] == "corp" && left[Field.conditionWas] == "healthy")
        mind.read(Mind.token(for: 3600))
        mind.tell(.configurationRead(Mind.configuration))
        mind.tell(.settled)
        #expect(records(mind, .sessionLeft).count == 1)
    }
}
