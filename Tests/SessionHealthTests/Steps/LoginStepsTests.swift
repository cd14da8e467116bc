import FoundationEssentials
import SessionHealth
import Testing

/// A sign-in that `bedrock-agent login` runs itself.
@Suite struct LoginStepsTests {
    private let now = Mind.start
    private let old = Mind.token(for: -60)
    private let new = Mind.token(for: 3600, "second")

    private func steps(
        with tool: SignInTool = .awsCLI(["--sso-session", "corp"]), joinsDaemon: Bool = false,
        countsRecent: Bool = false
    ) -> LoginSteps {
        LoginSteps(
            to: Mind.session, record: SessionRecord(), countsRecent: countsRecent, joinsDaemon: joinsDaemon, limit: 165,
            tool: tool, tokenCache: "/h/cache", at: Mind.start)
    }

    private func sight(
        _ token: TokenReading, note: SignInNote? = nil, isTaken: Bool = false, daemonSignsIn: Bool = false,
        registration: RegistrationFacts = .absent
    ) -> LoginSteps.Outcome {
        .looked(
            .init(
                reading: SessionReading(session: Mind.session, token: token, registration: registration), note: note,
                isTaken: isTaken, daemonSignsIn: daemonSignsIn))
    }

    /// The steps from the first one on, with the outcome of each.
    private func walk(_ steps: inout LoginSteps, _ outcomes: [LoginSteps.Outcome]) -> [LoginSteps.Step] {
        [LoginSteps.first] + outcomes.map { steps.next($0, at: now) }
    }

    private let ended = LoginSteps.Outcome.refreshed(.sessionEnded(error: "invalid_grant"))

    private func upToTheRefresh(_ token: TokenReading, _ outcome: RefreshOutcome?) -> [LoginSteps.Outcome] {
        [sight(token), .lock(isOurs: true), sight(token), .cleared, .found, sight(token), .refreshed(outcome)]
    }

    @Test func aRefreshMayBeAllThatIsNeeded() {
        var steps = steps()
        let fresh = RefreshOutcome.refreshed(expiresAt: now.wall + 3600)
        let taken = walk(&steps, upToTheRefresh(old, fresh) + [.cleared])
        #expect(taken.suffix(3) == [.refresh, .clearNote, .end(.signedIn)] && !steps.isOwn)
    }

    /// Whoever asks for one although the session works has a reason.
    @Test func aSessionThatWorksIsSignedInToAnew() {
        var steps = steps()
        let good = Mind.token(for: 1800, writtenAgo: 1800)
        let taken = walk(&steps, upToTheRefresh(good, .refreshed(expiresAt: now.wall + 3600)))
        #expect(taken.suffix(2) == [.refresh, .runCommand(timeLeft: 165)])
    }

    @Test func aRegistrationThatTheServiceForgotIsSetAsideFirst() {
        var steps = steps()
        let refused = RefreshOutcome.registrationRefused(error: "invalid_client")
        let taken = walk(&steps, upToTheRefresh(old, refused) + [.setAside(true)])
        #expect(taken.suffix(3) == [.refresh, .setRegistrationAside, .runCommand(timeLeft: 165)])
    }

    @Test func signsInByItself() {
        var steps = steps()
        let taken = walk(
            &steps,
            [
                sight(old), .lock(isOurs: true), sight(old), .cleared, .found, sight(old), ended,
                .ran(.exited(0), SignInOutput()), sight(new), .cleared,
            ])
        #expect(
            taken == [
                .look, .takeLock, .look, .clearNote, .findCommand, .look, .refresh, .runCommand(timeLeft: 165), .look,
                .clearNote, .end(.signedIn),
            ])
        #expect(steps.isOwn)
    }

    /// By our own tool, which hears of a dead client by itself, a refresh is for a session that does not work.
    @Test func withOurOwnToolNothingIsAskedInVain() {
        var good = steps(with: .own)
        #expect(
            walk(&good, Array(upToTheRefresh(Mind.token(for: 1800, writtenAgo: 1800), nil).dropLast())).last
                == .runCommand(timeLeft: 165))
        var ended = steps(with: .own)
        #expect(walk(&ended, Array(upToTheRefresh(old, nil).dropLast())).last == .refresh)
    }

    /// What the daemon runs is joined by the others, and joins nobody. It refreshes by itself.
    @Test func theDaemonsOwn() {
        var daemons = LoginSteps(
            to: Mind.session, record: SessionRecord(), countsRecent: false, joinsDaemon: true, isDaemons: true,
            limit: 165,
            tool: .own, tokenCache: "", at: now)
        #expect(
            walk(&daemons, [sight(old, isTaken: true), .found, sight(old)])
                == [.look, .findCommand, .look, .runCommand(timeLeft: 165)])
    }

    /// A page that calls back to this machine is none for a browser elsewhere.
    @Test(arguments: ["https://o.example/authorize?code_challenge=c", "https://d.example/device?user_code=ABCD-EFGH"])
    func whoNeedsACodeMakesOne(url: String) {
        var steps = LoginSteps(
            to: Mind.session, record: SessionRecord(), countsRecent: false, joinsDaemon: false, needsCode: true,
            limit: 165, tool: .own, tokenCache: "", at: now)
        let taken = walk(&steps, [sight(old, note: SignInNote(url: url), isTaken: true)])
        #expect(taken.last == (url.contains("code_challenge") ? .findCommand : .show(url: url, code: nil)))
    }

    @Test func ourOwnToolSpeaksForItself() {
        var steps = steps(with: .own)
        var output = SignInOutput(hasErrorsApart: true)
        output.append(Array("https://d.example/device\nABCD-EFGH\n".utf8))
        output.appendError(Array("access for corp was denied on the sign-in page\n".utf8))
        output.finish()
        let taken = walk(
            &steps,
            upToTheRefresh(old, .sessionEnded(error: "invalid_grant")) + [.ran(.exited(77), output), sight(old), .told])
        #expect(taken.last == .end(.failed("access for corp was denied on the sign-in page")))
        // Those who wait hear of it, too.
        #expect(steps.obstacle == .denied)
        let tells = taken.contains { if case .tell(let note) = $0 { note.obstacle == .denied } else { false } }
        #expect(tells)
    }

    /// Of a moment ago, for a session whose tokens the portal may refuse by now.
    @Test(arguments: [false, true])
    func asksThePortalWhetherARecentSignInStillHelps(isOver: Bool) {
        var steps = steps(countsRecent: true)
        let recent = Mind.token(for: 3600, writtenAgo: 10)
        let taken = walk(&steps, [sight(recent), .portal(isOver: isOver)] + (isOver ? [sight(recent)] : []))
        #expect(taken == [.look, .askPortal] + (isOver ? [.look, .takeLock] : [.end(.signedIn)]))
    }

    @Test func leavesItsSignInToWhoeverAsksNext() {
        var steps = steps()
        let outcomes: [LoginSteps.Outcome] = [
            sight(old), .lock(isOurs: true), sight(old), .cleared, .found, sight(old), ended,
            .ran(.left(15), SignInOutput()), sight(old),
        ]
        // The note stays: it says where to sign in.
        #expect(walk(&steps, outcomes).suffix(2) == [.look, .end(.interrupted(15))])
    }

    @Test func waitsWhereSomebodyElseSignsInAndShowsTheirPageOnce() {
        var steps = steps()
        let page = SignInNote(url: "https://device", code: "ABCD-EFGH")
        let taken = walk(
            &steps,
            [
                sight(old, note: page, isTaken: true), .shown, .paused, sight(old, note: page, isTaken: true), .paused,
                sight(new),
            ])
        #expect(
            taken == [
                .look, .show(url: "https://device", code: "ABCD-EFGH"), .pause(0.2), .look, .pause(0.2), .look,
                .end(.signedIn),
            ])
        #expect(!steps.isOwn)
    }

    @Test func joinsTheDaemonsThatBeganJustBeforeTheLockWasTaken() {
        var steps = steps()
        let taken = walk(
            &steps,
            [
                sight(old), .lock(isOurs: true), sight(old, daemonSignsIn: true), .released, sight(old), .joined,
                sight(new),
            ])
        #expect(taken == [.look, .takeLock, .look, .releaseLock, .look, .askDaemon, .look, .end(.signedIn)])
        #expect(!steps.isOwn)
    }

    @Test func endsWithTheReasonOfTheOneThatFailed() {
        var steps = steps()
        let failed = SignInNote(failedAt: now.wall.timeIntervalSince1970, reason: "nobody came")
        #expect(walk(&steps, [sight(old, note: failed)]).last == .end(.failed("nobody came")))
    }

    @Test func aSessionThatIsMerelyGoodDoesNotCount() {
        var steps = steps(joinsDaemon: true)
        let good = Mind.token(for: 3600)
        var later = self.now
        later.wall += 60
        var patient = LoginSteps(
            to: Mind.session, record: SessionRecord(), countsRecent: false, joinsDaemon: true, limit: 165,
            tool: .own, tokenCache: "", at: later)
        #expect(patient.next(sight(good), at: later) == .askDaemon)
        // Written after the login was requested.
        #expect(steps.next(sight(good), at: now) == .end(.signedIn))
    }

    private func said(_ line: String) -> SignInOutput {
        var output = SignInOutput()
        output.append(Array("\(line)\n".utf8))
        return output
    }

    @Test func aDeadRegistrationIsSetAsideAndTriedOnceMore() {
        var steps = steps()
        let start: [LoginSteps.Outcome] = [
            sight(old), .lock(isOurs: true), sight(old), .cleared, .found, sight(old), ended,
            .ran(.exited(254), said("An error occurred (InvalidClientException)")), sight(old), .setAside(true),
            .ran(.exited(254), said("InvalidClientException")), sight(old),
        ]
        let taken = walk(&steps, start)
        #expect(taken.filter { $0 == .setRegistrationAside }.count == 1)
        guard case .tell(let note)? = taken.last else {
            Issue.record("nobody is told: \(taken)")
            return
        }
        #expect(note.reason?.contains("InvalidClientException") == true)
        guard case .end(.failed)? = Optional(steps.next(.told, at: now)) else {
            Issue.record("it does not end")
            return
        }
    }

    @Test func aDamagedRegistrationIsSetAsideFirst() {
        var steps = steps()
        let taken = walk(
            &steps,
            [
                sight(old), .lock(isOurs: true), sight(old), .cleared, .found, sight(old, registration: .damaged),
                .setAside(true),
            ])
        #expect(taken.suffix(2) == [.setRegistrationAside, .runCommand(timeLeft: 165)])
    }

    @Test func isOverWhenItsTimeIs() {
        var steps = steps()
        var late = now
        late.boot += 166
        guard case .end(.failed(let reason)) = steps.next(sight(old, isTaken: true), at: late) else {
            Issue.record("it goes on")
            return
        }
        #expect(reason.contains("165 s"))
    }
}
