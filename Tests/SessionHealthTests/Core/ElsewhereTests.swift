import FoundationEssentials
import SessionHealth
import Testing

/// `notify` in `config.json` tells of each need that waits for a person, once.
@Suite struct ElsewhereTests {
    /// Nobody is at the screen, and a refresh has just found that the session has ended.
    static func ended(notify: String = "tell", isOpenAt: OpenPlace? = nil, state: AgentState = AgentState()) -> Mind {
        var mind = Mind(token: Mind.dueToken, state: state)
        mind.configure(notify, isOpenAt)
        mind.leave()
        mind.endRefresh(.sessionEnded(error: "invalid_grant"))
        return mind
    }

    @Test func tellsOnce() throws {
        var mind = Self.ended()
        let order = try #require(mind.notifies.first)
        #expect(order.command == "tell" && order.session == Mind.session)
        #expect(
            order.message == """
                AWS sign-in needed on box

                work: Identity Center has ended the session; without it, Claude Code cannot reach Bedrock. The page opens \
                when you are back at the screen.
                To sign in, run there: bedrock-agent login --profile work

                """)
        mind.tell(.notifyEnded(session: "corp", .exited(0), output: []))
        mind.tell(.timer)
        mind.tell(.settled)
        #expect(mind.notifies.count == 1)
        #expect(mind.messages.contains("corp: notify was run: a sign-in is needed"))
    }

    @Test func notAgainAfterARestart() {
        let mind = Self.ended(state: Self.ended().core.state)
        #expect(mind.notifies.isEmpty)
    }

    @Test func notAgainWhenOurOwnSignInFails() {
        var mind = Self.ended()
        mind.tell(.loginSessions([Mind.login]))
        mind.tell(.settled)
        #expect(mind.signIns.count == 1)
        mind.tell(
            .signInStarted(AgentState.RunningSignIn(session: "corp", startedAt: mind.now.wall, isAutomatic: true)))
        mind.tell(.signInEnded(.timedOut))
        mind.read(Mind.dueToken)
        #expect(mind.notifies.count == 1)
    }

    @Test func againForTheNextNeed() {
        var mind = Self.ended()
        mind.read(Mind.token(for: 3600, "second"))
        mind.read(.absent)
        #expect(mind.notifies.count == 2)
        mind.read(Mind.token(for: 3600, "third"))
        mind.read(.absent)
        #expect(mind.notifies.count == 3)
    }

    @Test func notWhereTheSignInStartsAtOnce() {
        var mind = Mind(token: Mind.dueToken)
        mind.configure("tell", nil)
        mind.endRefresh(.sessionEnded(error: "invalid_grant"))
        #expect(mind.signIns.count == 1 && mind.notifies.isEmpty)
    }

    @Test func notWhileSomebodySignsInInATerminal() {
        var mind = Mind(token: Mind.dueToken)
        mind.configure("tell", nil)
        mind.isLocked = true
        mind.endRefresh(.sessionEnded(error: "invalid_grant"))
        #expect(mind.notifies.isEmpty)
    }

    @Test func onlyWhatIsApproved() {
        var mind = Self.ended(notify: "unknown")
        #expect(mind.notifies.isEmpty)
        let finding = mind.core.plan.findings.first { $0.code == .notifyUnapproved }
        #expect(finding?.fix == "bedrock-agent approve" && finding?.message.contains("unknown") == false)
        // The need is still there when it is.
        mind.configure("tell", nil)
        mind.tell(.settled)
        #expect(mind.notifies.count == 1)
    }

    @Test func onlyFromAFileOfTheUsers() {
        let mind = Self.ended(isOpenAt: OpenPlace("/c"))
        #expect(mind.notifies.isEmpty)
        let finding = mind.core.plan.findings.first { $0.code == .notifyUntrusted }
        #expect(finding?.message.hasSuffix(", line 1) is not run: others can write /c") == true)
    }

    @Test(arguments: [
        (ProgramEnding.exited(3), "no route\nto host\n\n", "exited with status 3: to host"),
        (
            .exited(1), "to T01ABC23/b4 with k-12345678, abcdefgh and a1b2c3d",
            "exited with status 1: to … with k-12345678, abcdefgh and a1b2c3d"
        ),
        (.exited(1), "POST hooks:x9y8z7w6?to=a https://hooks/T0 failed", "exited with status 1: POST … … failed"),
        (.exited(-9), "", "was killed by signal 9"), (.timedOut, "x", "did not end in time"),
        (.cannotStart("no sh"), "", "could not be run: no sh"),
    ])
    func saysHowItFailed(_ ending: ProgramEnding, _ output: String, _ words: String) {
        var mind = Self.ended()
        mind.tell(.notifyEnded(session: "corp", ending, output: Array(output.utf8)))
        #expect(mind.messages.last == "corp: notify in /c/config.json \(words)")
        mind.tell(.settled)
        #expect(mind.notifies.count == 1)
    }
}

/// The offer to sign in anew, from its button to the new session.
@Suite struct RenewalTests {
    /// The offer is shown as notification 7.
    static func offered() -> Mind {
        var state = AgentState()
        state.sessions["corp"] = SessionRecord()
        state.sessions["corp"]?.signedInAt = Mind.start.wall - 8 * hour
        state.sessions["corp"]?.lifetimes = [12 * hour]
        var attendance = Attendance()
        attendance.observe(at: Mind.start.wall - 2 * day)
        state.attendance = attendance
        var mind = Mind(state: state)
        mind.tell(.desktop(.serving(":1.5")))
        mind.tell(.settled)
        for case .show(let session, let notification, _) in mind.effects {
            mind.tell(.notificationShown(session: session, notification, id: 7))
        }
        mind.tell(.settled)
        return mind
    }

    @Test func runsOnlyWhenItIsAskedFor() throws {
        var mind = Self.offered()
        #expect(mind.core.state.notifications?["corp"]?.open?.kind == .cover)
        #expect(mind.signIns.isEmpty)
        mind.tell(.buttonPressed(7, .renew))
        let order = try #require(mind.signIns.first)
        #expect(order.command == "bedrock-agent cover 11h --profile work --yes")
        #expect(order.record.isRenewal == true && !order.record.isAutomatic)
    }

    @Test func theNewSessionBeginsThen() {
        var mind = Self.offered()
        mind.tell(.buttonPressed(7, .renew))
        mind.now = Moment(wall: mind.now.wall + 60, boot: mind.now.boot + 60)
        mind.read(.absent)
        #expect(mind.core.status(at: mind.now.wall).condition == .signingIn)
        mind.read(Mind.token(for: 3660, "second"))
        mind.tell(.signInEnded(.exited(0)))
        mind.read(Mind.token(for: 3660, "second"))
        #expect(mind.core.session("corp")?.record.signedInAt == mind.now.wall)
        // It reaches as far as it can.
        #expect(mind.core.plan.sessions[0].renewal == nil)
    }

    @Test func theOldOneGoesOnWhereItFails() {
        var mind = Self.offered()
        mind.tell(.buttonPressed(7, .renew))
        mind.tell(.signInOutput(Array("error: the service does not answer\n".utf8)))
        mind.tell(.signInEnded(.exited(1)))
        mind.read(Mind.token(for: 3600))
        #expect(mind.core.session("corp")?.record.signedInAt == Mind.start.wall - 8 * hour)
        #expect(mind.core.plan.condition == .refreshing)
        #expect(mind.messages.contains { $0.contains("bedrock-agent cover exited with status 1") })
    }

    @Test func notTwiceForOneSession() {
        var mind = Self.offered()
        mind.tell(.buttonPressed(7, .later))
        mind.effects = []
        mind.tell(.timer)
        mind.tell(.settled)
        #expect(!mind.effects.contains { if case .show = $0 { true } else { false } })
    }

    @Test func nothingStartsForAnOfferThatIsOver() {
        var mind = Self.offered()
        mind.tell(.configurationRead(Mind.reading(hasProfile: true)))
        mind.now = Moment(wall: mind.now.wall + 4 * hour, boot: mind.now.boot + 4 * hour)
        mind.read(Mind.token(for: 5 * hour, "second"))
        mind.tell(.buttonPressed(7, .renew))
        #expect(mind.signIns.isEmpty)
    }
}

extension Mind {
    fileprivate mutating func configure(_ notify: String, _ isOpenAt: OpenPlace?) {
        tell(.configurationRead(Mind.reading(hasProfile: true, notify: notify, isOpenAt: isOpenAt)))
        tell(.settled)
    }

    fileprivate mutating func leave() {
        var login = Mind.login
        login.isLocked = true
        tell(.loginSessions([login]))
    }
}
