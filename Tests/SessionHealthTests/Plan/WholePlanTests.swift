import FoundationEssentials
import SessionHealth
import Testing

/// Several sessions, and cases without anything to do.
@Suite struct WholePlanTests {
    private static func two(_ change: (inout Facts) -> Void) -> Facts {
        Facts.corp.changed {
            $0.sessions.append(.named("labs", profile: "labs-dev"))
            change(&$0)
        }
    }

    @Test func theWorstConditionIsTheWhole() {
        let facts = WholePlanTests.two { $0.sessions[1].refused(.refused(error: "x", description: "")) }
        let plan = plan(for: facts, at: moment(0))
        #expect(plan.sessions.map(\.condition) == [.healthy, .misconfigured])
        #expect(plan.condition == .misconfigured)
        #expect(plan.findings.map(\.subject) == ["labs"])
    }

    @Test func conditionsAreOrderedWorstLast() {
        let words = Condition.allCases.sorted().map(\.rawValue)
        #expect(
            words == [
                "healthy", "refreshing", "expiring", "offline", "signing-in", "unguarded", "misconfigured",
                "sign-in-needed",
            ])
    }

    @Test func theEarliestWakeOfEachClockIsTheWhole() {
        let facts = WholePlanTests.two {
            $0.sessions[0].token = .found(.hour(from: 600, "t2"))
            $0.sessions.append(.named("lost", profile: "lost-dev"))
            $0.sessions[2].token = .found(.hour(from: -3000, "t3"))
            $0.sessions[2].tried(.offline(reason: "DNS"), at: 90, token: "t3")
        }
        #expect(plan(for: facts, at: moment(100)).wake == Wake(wall: signedIn + 2400, boot: bootThen + 120))
    }

    @Test func oneSignInAtATime() {
        var facts = WholePlanTests.two { facts in
            for index in 0...1 { facts.sessions[index].refused(.sessionEnded(error: "invalid_grant")) }
        }
        func deeds() -> [Deed] { plan(for: facts, at: moment(2400)).sessions.map { Deed($0.action) } }
        #expect(deeds() == [.signIn, .nothing])
        facts.signInBegan("corp", isAutomatic: true, at: moment(2400).wall)
        #expect(deeds() == [.nothing, .nothing])
        facts.session.note(.found(.hour(from: 2410, "t2")), at: moment(2410).wall, signInIsOurs: true)
        let helped = facts.signInEnded("corp", word: "changed-nothing", at: moment(2410))
        #expect(helped)
        #expect(deeds() == [.nothing, .signIn])
    }

    @Test func oneThatRestsDoesNotHoldTheOther() {
        let facts = WholePlanTests.two { facts in
            for index in 0...1 { facts.sessions[index].refused(.sessionEnded(error: "invalid_grant")) }
            facts.sessions[0].signInFailed(1, at: 2400)
        }
        #expect(plan(for: facts, at: moment(2500)).sessions.map { Deed($0.action) } == [.nothing, .signIn])
    }

    @Test func bothRefreshAtOnce() {
        let plan = plan(for: WholePlanTests.two { _ in }, at: moment(2400))
        #expect(plan.sessions.map(\.action) == [.refresh, .refresh])
    }

    @Test func unguardedSaysWhyAndDoesNothing() {
        var facts = Facts()
        facts.claude.subject = .unguarded(reason: "AWS_BEARER_TOKEN_BEDROCK is set", fix: "unset it")
        let plan = plan(for: facts, at: moment(0))
        #expect(plan.condition == .unguarded && plan.wake == Wake() && plan.sessions.isEmpty)
        #expect(plan.findings.map(\.message) == ["AWS_BEARER_TOKEN_BEDROCK is set"])
    }

    @Test func misconfiguredKeepsTheFindingThatSaysWhat() {
        var facts = Facts()
        facts.claude.subject = .misconfigured
        facts.findings = [Finding(.noSuchProfile, .error, subject: "x", message: "no profile x", fix: "setup")]
        let plan = plan(for: facts, at: moment(0))
        #expect(plan.condition == .misconfigured && plan.findings == facts.findings)
    }

    @Test func whatCannotBeKeptOrWatchedIsSaid() {
        var facts = Facts.corp
        facts.unsaved = "state.json: no space left"
        facts.unwatched = "too many watches"
        let whole = plan(for: facts, at: moment(0))
        #expect(whole.findings.map(\.codeName) == ["state-not-saved", "files-unwatched"])
        #expect(whole.findings.map(\.message) == ["state.json: no space left", "too many watches"])
        #expect(whole.findings.last?.fix.hasSuffix("until then they are read every 30 s") == true)
        #expect(whole.wake == Wake(wall: signedIn + 2400, boot: bootThen + 30))
    }

    @Test func doubtfulSettingsAreReadAgain() {
        let facts = Facts.corp.changed { $0.settingsDoubtfulSince = bootThen + 1 }
        #expect(plan(for: facts, at: moment(2)).wake == Wake(wall: signedIn + 2400, boot: bootThen + 6))
    }

    @Test func aCommandFromBeforeAWriteUnderWayIsNoFinding() {
        var facts = Facts.corp.changed { $0.session.command = .unapproved("x") }
        #expect(plan(for: facts, at: moment(0)).findings.map(\.codeName) == ["command-unapproved"])
        facts.settingsDoubtfulSince = bootThen
        #expect(plan(for: facts, at: moment(0)).findings == [])
    }

    @Test func aFolderThatNeedsNothingIsNoMatterBesideOneThatIsGuarded() {
        var unused = ClaudeFacts()
        unused.subject = .unguarded(reason: "not set to use Bedrock", fix: "setup")
        var facts = Facts.corp
        facts.otherClaudes = [unused]
        #expect(plan(for: facts, at: moment(0)).condition == .healthy)
        #expect(plan(for: facts, at: moment(0)).findings == [])
        // Neither is guarded.
        facts.claude.subject = .misconfigured
        #expect(plan(for: facts, at: moment(0)).condition == .misconfigured)
        #expect(plan(for: facts, at: moment(0)).findings.map(\.codeName) == ["unguarded"])
    }

    @Test func whatIsGuardedForOthersDecidesWhereClaudeCodeIsNotSetUp() {
        var facts = Facts.corp
        facts.claude = ClaudeFacts()
        facts.claude.subject = .unguarded(reason: "not set to use Bedrock", fix: "setup")
        #expect(plan(for: facts, at: moment(0)).condition == .unguarded)
        facts.profiles = [ProfileFacts("work-dev", .session("corp"))]
        #expect(plan(for: facts, at: moment(0)).condition == .healthy)
        #expect(plan(for: facts, at: moment(0)).findings.map(\.severity) == [.info])
        // One of several is wrong: a finding of whoever read it.
        facts.profiles.append(ProfileFacts("ghost", .misconfigured))
        #expect(plan(for: facts, at: moment(0)).condition == .healthy)
        facts.profiles.removeFirst()
        #expect(plan(for: facts, at: moment(0)).condition == .misconfigured)
        // It uses Bedrock, and nothing that could be guarded.
        facts.profiles = [ProfileFacts("work-dev", .session("corp"))]
        facts.claude.usesBedrock = true
        #expect(plan(for: facts, at: moment(0)).condition == .unguarded)
        #expect(plan(for: facts, at: moment(0)).findings.map(\.severity) == [.warning])
    }

    @Test func aThousandSessionsArePlanned() {
        var facts = Facts.corp
        facts.sessions = (0..<1000).map { .named("s\($0)", profile: "p\($0)") }
        #expect(plan(for: facts, at: moment(2400)).sessions.allSatisfy { $0.action == .refresh })
    }
}
