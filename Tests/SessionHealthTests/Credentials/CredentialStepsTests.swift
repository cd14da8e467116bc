import FoundationEssentials
import SessionHealth
import Testing

/// From the cache, by one exchange, after a refresh or a sign-in: what follows from what.
@Suite struct CredentialStepsTests {
    private let session = SSOSession(
        name: "corp", startURL: "https://corp.awsapps.com/start", region: "us-east-1", scopes: nil)
    private let asking: [CredentialSteps.Outcome] = [.looked(nil), .locked, .looked(nil)]

    private func credentials(_ left: TimeInterval) -> RoleCredentials {
        RoleCredentials(
            accessKeyID: "ASIAEXAMPLE", secretAccessKey: "not-a-secret", sessionToken: "none",
            expiration: signedIn + left, accountID: "123456789012")
    }

    /// The steps after each of these outcomes.
    private func steps(
        maySignIn: Bool = false, at seconds: TimeInterval = 0, _ outcomes: [CredentialSteps.Outcome]
    ) -> [CredentialSteps.Step] {
        var steps = CredentialSteps(for: session, maySignIn: maySignIn)
        return outcomes.map { steps.next($0, at: moment(seconds)) }
    }

    @Test func whatIsFreshInTheCacheIsTaken() {
        #expect(CredentialSteps.first == .look)
        #expect(steps([.looked(credentials(900))]) == [.end(.credentials(credentials(900)))])
    }

    @Test func elseOneProcessAsksAndTheOthersFindIt() {
        let new = credentials(3600)
        #expect(steps([.looked(credentials(899)), .locked, .looked(new)]) == [.lock, .look, .end(.credentials(new))])
        let all = steps(asking + [.token(.found(.hour())), .answered(new), .kept])
        #expect(all == [.lock, .look, .readToken, .ask, .keep(new), .end(.credentials(new))])
    }

    @Test func aTokenThatIsOverIsRefreshedFirst() {
        let old = TokenClocks.hour()
        let new = TokenClocks.hour(from: 3600, "t2")
        let all = steps(
            at: 3600,
            asking + [.token(.found(old)), .refreshed(.refreshed(expiresAt: new.expiresAt)), .token(.found(new))])
        #expect(all.suffix(3) == [.refresh(old), .readToken, .ask])
    }

    @Test func oneThatThePortalDoesNotTakeIsRefreshedOnce() {
        let token = TokenClocks.hour()
        let over = CredentialSteps.Outcome.refused(NetFailure(.sessionOver, "the session has expired"))
        let all = steps(
            asking + [
                .token(.found(token)), over, .refreshed(.adopted(expiresAt: token.expiresAt)), .token(.found(token)),
                over,
            ])
        #expect(
            all.suffix(4) == [.refresh(token), .readToken, .ask, .end(.signInNeeded("the session of corp has ended"))])
    }

    @Test(arguments: [
        RefreshOutcome.sessionEnded(error: "invalid_grant"), .registrationRefused(error: "invalid_client"),
    ])
    func whereNothingElseHelpsSomebodySignsIn(_ outcome: RefreshOutcome) {
        let token = TokenClocks.hour()
        let ended = asking + [.token(.found(token)), .refreshed(outcome)]
        #expect(steps(at: 3600, ended).last == .end(.signInNeeded("the session of corp has ended")))
        let all = steps(maySignIn: true, at: 3600, ended + [.signedIn, .locked, .looked(nil)])
        #expect(all.suffix(4) == [.signIn, .lock, .look, .readToken])
    }

    @Test func nobodySignsInTwice() {
        let all = steps(
            maySignIn: true, asking + [.token(.absent), .signedIn, .locked, .looked(nil), .token(.absent)])
        #expect(all.last == .end(.signInNeeded("nobody is signed in to corp")))
    }

    @Test(arguments: [(1.0, true), (0, false)])
    func withoutTheNetworkWhatThereIsWorksUntilItsEnd(_ left: TimeInterval, _ works: Bool) {
        let old = credentials(left)
        let away = CredentialSteps.Outcome.refused(NetFailure(.offline, "no answer"))
        let all = steps([.looked(old), .locked, .looked(old), .token(.found(.hour())), away])
        if works {
            #expect(all.last == .end(.credentials(old)))
        } else {
            guard case .end(.failed) = all.last else {
                Issue.record("\(all)")
                return
            }
        }
    }

    @Test func aLegacyTokenCannotBeRefreshed() {
        let all = steps(at: 8 * hour, asking + [.token(.found(.legacy(until: 8 * hour, "t1")))])
        #expect(all.last == .end(.signInNeeded("the session of corp has expired")))
    }
}
