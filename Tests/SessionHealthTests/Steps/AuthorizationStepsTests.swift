import FoundationEssentials
import SessionHealth
import Testing

/// A sign-in by `bedrock-agent-net`.
@Suite struct AuthorizationStepsTests {
    private let now = Mind.start
    private let session = SSOSession(
        name: "corp", startURL: "https://corp.awsapps.com/start", region: "us-east-1", scopes: ["sso:account:access"])

    private func steps(by flow: AuthorizationFlow, for session: SSOSession? = nil) -> AuthorizationSteps {
        AuthorizationSteps(
            to: session ?? self.session, by: flow, endpoint: "https://oidc.example",
            startURL: "https://corp.awsapps.com/start",
            randomness: ("verifier", "state"), limit: 165, at: now)
    }

    private func walk(
        _ steps: inout AuthorizationSteps, _ outcomes: [AuthorizationSteps.Outcome], at now: Moment? = nil
    ) -> [AuthorizationSteps.Step] {
        [AuthorizationSteps.first] + outcomes.map { steps.next($0, at: now ?? self.now) }
    }

    private func answered(_ json: String) -> AuthorizationSteps.Outcome { .answered(.answered(Array(json.utf8))) }
    private func refused(_ error: String) -> AuthorizationSteps.Outcome {
        .answered(.refused(error: error, description: ""))
    }

    private var registered: AuthorizationSteps.Outcome {
        answered(#"{"clientId":"id","clientSecret":"secret","clientSecretExpiresAt":4102444800}"#)
    }
    private var code: AuthorizationSteps.Outcome {
        answered(
            #"{"deviceCode":"dc","userCode":"ABCD-EFGH","verificationUri":"https://d.example/device","#
                + #""verificationUriComplete":"https://d.example/device?user_code=ABCD-EFGH","expiresIn":600,"interval":1}"#
        )
    }
    private let token = #"{"accessToken":"at","tokenType":"Bearer","expiresIn":3600,"refreshToken":"rt"}"#

    private func cached(_ flow: AuthorizationFlow, for time: TimeInterval = 86400) -> AuthorizationSteps.Outcome {
        .registration(
            ClientRegistration(
                clientID: "old", clientSecret: "s", expiresAt: now.wall + time, scopes: ["sso:account:access"],
                grantTypes: flow.grantTypes
            ).json)
    }

    /// The names of the steps, with what matters in each.
    private func names(_ steps: [AuthorizationSteps.Step]) -> [String] {
        steps.map { step in
            switch step {
            case .ask(let request): "ask \(request.path)"
            case .keepRegistration: "keep"
            case .pause(let seconds): "pause \(Int(seconds))"
            case .awaitCallback(let seconds): "await \(Int(seconds))"
            case .write: "write"
            case .setRegistrationAside: "aside"
            case .show(let page): "show \(page.code ?? "page")"
            default: "\(step)"
            }
        }
    }

    @Test func byACode() {
        var steps = steps(by: .device)
        let taken = walk(
            &steps,
            [
                .registration(nil), registered, .done, code, .done, .done, .done, refused("authorization_pending"),
                .done,
                refused("slow_down"), .done, answered(token), .done,
            ])
        #expect(
            names(taken) == [
                "readRegistration", "ask /client/register", "keep", "ask /device_authorization", "reserve",
                "show ABCD-EFGH", "pause 1", "ask /token", "pause 1", "ask /token", "pause 6", "ask /token", "write",
                "end(SessionHealth.AuthorizationSteps.End.signedIn)",
            ])
    }

    @Test func byAPageThatCallsBack() {
        var steps = steps(by: .pkce)
        let foreign = Callback(target: "/oauth/callback?code=c&state=other")
        let ours = Callback(target: "/oauth/callback?code=c&state=state")
        let taken = walk(
            &steps,
            [
                .registration(nil), .listening(port: 4711), registered, .done, .done, .done, .calledBack(foreign!),
                .done,
                .calledBack(ours!), answered(token), .done, .done,
            ])
        #expect(
            names(taken) == [
                "readRegistration", "listen", "ask /client/register", "keep", "reserve", "show page", "await 165",
                "answerBrowser(SessionHealth.CallbackPage.notOurs)", "await 165", "ask /token", "write",
                "answerBrowser(SessionHealth.CallbackPage.signedIn)",
                "end(SessionHealth.AuthorizationSteps.End.signedIn)",
            ])
        guard case .show(let page) = taken[5] else { return #expect(Bool(false)) }
        #expect(page.url.contains("redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2Foauth%2Fcallback&state=state"))
        // SHA-256 of "verifier".
        #expect(
            page.url.contains(
                "scopes=sso%3Aaccount%3Aaccess&code_challenge=iMnq5o6zALKXGivsnlom_0F5_WYda32GHkxlV7mq7hQ"))
        guard case .ask(let request) = taken[9] else { return #expect(Bool(false)) }
        #expect(String(decoding: request.body, as: UTF8.self).contains(#""code": "c", "codeVerifier": "verifier""#))
    }

    @Test func withoutAPortTheCodeIsLeft() {
        var steps = steps(by: .pkce)
        let taken = walk(&steps, [.registration(nil), .failed("no port"), registered, .done, code, .done])
        #expect(names(taken).suffix(3) == ["ask /device_authorization", "reserve", "show ABCD-EFGH"])
    }

    /// By the AWS CLI's rule: not the one of the other flow, and not in its last 15 minutes.
    @Test(arguments: [
        (AuthorizationFlow.device, 86400.0, true), (.device, 600, false), (.pkce, 86400, false),
    ])
    func aCachedClient(_ flow: AuthorizationFlow, _ time: TimeInterval, serves: Bool) {
        var steps = steps(by: .device)
        let taken = walk(&steps, [cached(flow, for: time)])
        #expect(names(taken).last == (serves ? "ask /device_authorization" : "ask /client/register"))
    }

    @Test(arguments: ["invalid_client", "unauthorized_client"])
    func aClientThatTheServiceForgot(error: String) {
        var steps = steps(by: .device)
        let taken = walk(&steps, [cached(.device), refused(error), .done, registered, .done, refused(error)])
        #expect(
            names(taken.dropLast()) == [
                "readRegistration", "ask /device_authorization", "aside", "ask /client/register", "keep",
                "ask /device_authorization",
            ])
        // Once only.
        guard case .end(.failed(let reason)) = taken.last else { return #expect(Bool(false)) }
        #expect(reason == "cannot ask for a code for corp at Identity Center in us-east-1: \(error)")
    }

    @Test(arguments: [
        ("expired_token", "the code for corp has expired before anybody signed in with it"),
        ("access_denied", "access for corp was denied on the sign-in page"),
        ("invalid_grant", "cannot get a token for corp at Identity Center in us-east-1: invalid_grant"),
    ])
    func howACodeFails(error: String, reason: String) {
        var steps = steps(by: .device)
        let taken = walk(&steps, [.registration(nil), registered, .done, code, .done, .done, .done, refused(error)])
        #expect(taken.last == .end(.failed(reason)))
        #expect(steps.obstacle == (error == "access_denied" ? .denied : nil))
    }

    @Test func aServiceThatIsAwayIsAskedLessOften() {
        var steps = steps(by: .device)
        let away = AuthorizationSteps.Outcome.answered(.offline(reason: "HTTP 503"))
        let taken = walk(
            &steps,
            [
                .registration(nil), registered, .done, code, .done, .done, .done, away, .done, away, .done,
                answered(token),
            ])
        #expect(names(taken).suffix(5) == ["pause 2", "ask /token", "pause 4", "ask /token", "write"])
    }

    /// HTML, or nothing at all: the code is good still.
    @Test func anAnswerThatIsNotTheServicesIsNone() {
        var steps = steps(by: .device)
        let taken = walk(
            &steps,
            [
                .registration(nil), registered, .done, code, .done, .done, .done, answered("<html>"), .done,
                answered(token),
            ])
        #expect(names(taken).suffix(4) == ["ask /token", "pause 2", "ask /token", "write"])
    }

    /// For the next sign-in.
    @Test func aClientThatIsRefusedAtLastIsSetAside() {
        var steps = steps(by: .pkce)
        let ours = Callback(target: "/oauth/callback?code=c&state=state")
        let taken = walk(
            &steps,
            [
                cached(.pkce), .listening(port: 1), .done, .done, .calledBack(ours!), refused("invalid_client"), .done,
                .done,
            ])
        #expect(names(taken)[6] == "aside")
        #expect(
            taken.last
                == .end(.failed("cannot get a token for corp at Identity Center in us-east-1: invalid_client")))
    }

    /// A client for both flows; where the service does not like that, one for PKCE alone.
    @Test func aServiceThatWantsAClientForOneFlow() {
        var steps = steps(by: .pkce)
        let taken = walk(
            &steps, [.registration(nil), .listening(port: 1), refused("invalid_request"), refused("invalid_request")])
        let bodies = taken.compactMap { step in
            if case .ask(let request) = step { String(decoding: request.body, as: UTF8.self) } else { nil as String? }
        }
        #expect(bodies.map { $0.contains("device_code") } == [true, false])
        #expect(
            taken.last
                == .end(
                    .failed("cannot register a client for corp at Identity Center in us-east-1: invalid_request")))
        #expect(steps.obstacle == .refused)
    }

    /// A client that the service has forgotten shows on the page only, so that nobody comes back from it.
    @Test(arguments: [(true, 164.0, true), (true, 20, false), (false, 164, false)])
    func aCachedClientFromWhichNobodyComesBack(isCached: Bool, after: TimeInterval, isSetAside: Bool) {
        var steps = steps(by: .pkce)
        let first =
            isCached
            ? [cached(.pkce), .listening(port: 1)] : [.registration(nil), .listening(port: 1), registered, .done]
        _ = walk(&steps, first + [.done, .done])
        let late = Moment(wall: now.wall + after, boot: now.boot + after)
        let step = steps.next(.interrupted(15), at: late)
        #expect(step == (isSetAside ? .setRegistrationAside(at: late.wall) : .end(.interrupted(15))))
        if isSetAside { #expect(steps.next(.done, at: late) == .end(.interrupted(15))) }
    }

    /// Anybody may call with an error: it is shown, and ends nothing.
    @Test func anErrorWithoutTheState() {
        var steps = steps(by: .pkce)
        let error = Callback(target: "/oauth/callback?error=server_error")
        let taken = walk(
            &steps,
            [.registration(nil), .listening(port: 1), registered, .done, .done, .done, .calledBack(error!), .done])
        #expect(
            taken.suffix(2) == [
                .answerBrowser(.failed("the sign-in page of corp reports: server_error")), .awaitCallback(165),
            ])
    }

    @Test func nobodyComes() {
        var steps = steps(by: .device)
        _ = walk(&steps, [.registration(nil), registered, .done, code, .done, .done])
        let late = Moment(wall: now.wall + 165, boot: now.boot + 165)
        _ = steps.next(.done, at: late)
        #expect(
            steps.next(refused("authorization_pending"), at: late)
                == .end(.failed("nobody signed in to corp in time")))
    }

    @Test func deniedOnThePage() {
        var steps = steps(by: .pkce)
        let denied = Callback(target: "/oauth/callback?error=access_denied&state=state")
        let taken = walk(
            &steps,
            [.registration(nil), .listening(port: 1), registered, .done, .done, .done, .calledBack(denied!), .done])
        let reason = "access for corp was denied on the sign-in page"
        #expect(taken.suffix(2) == [.answerBrowser(.failed(reason)), .end(.failed(reason))])
        #expect(steps.obstacle == .denied)
    }

    /// The person is told where the answer came from: in the browser.
    @Test func aTokenThatCannotBeWritten() {
        var steps = steps(by: .pkce)
        let ours = Callback(target: "/oauth/callback?code=c&state=state")
        let taken = walk(
            &steps,
            [
                .registration(nil), .listening(port: 1), registered, .failed("disk full"), .done, .done,
                .calledBack(ours!), answered(token), .failed("disk full"), .done,
            ])
        #expect(taken.suffix(2) == [.answerBrowser(.failed("disk full")), .end(.failed("disk full"))])
    }

    @Test func anAnswerThatIsLostIsAskedForAgain() {
        var steps = steps(by: .pkce)
        let ours = Callback(target: "/oauth/callback?code=c&state=state")
        let away = AuthorizationSteps.Outcome.answered(.offline(reason: "Timeout was reached"))
        let taken = walk(
            &steps,
            [
                .registration(nil), .listening(port: 1), registered, .done, .done, .done, .calledBack(ours!), away,
                .done,
                away, .done, away, .done,
            ])
        #expect(
            names(taken).suffix(7).dropLast(2)
                == ["ask /token", "pause 1", "ask /token", "pause 1", "ask /token"])
        #expect(
            taken.last
                == .end(
                    .failed("cannot get a token for corp at Identity Center in us-east-1: Timeout was reached")))
        #expect(steps.obstacle == .network)
    }

    /// As the AWS CLI, which before 2.22 takes any for the device flow: without scopes the device flow names none, and gets no refresh token; the other names the usual one.
    @Test func whatIsRegistered() {
        let bare = SSOSession(
            name: "bare", startURL: "https://corp.awsapps.com/start", region: "us-east-1", scopes: nil)
        func body(_ flow: AuthorizationFlow, _ outcomes: [AuthorizationSteps.Outcome]) -> String {
            var steps = steps(by: flow, for: bare)
            guard case .ask(let request)? = walk(&steps, outcomes).last else { return "" }
            return String(decoding: request.body, as: UTF8.self)
        }
        #expect(
            body(.device, [.registration(nil)]) == #"{"clientName": "botocore-client-bare", "clientType": "public"}"#)
        #expect(
            body(.pkce, [.registration(nil), .listening(port: 1)])
                == #"{"clientName": "botocore-client-bare", "clientType": "public", "#
                + #""grantTypes": ["authorization_code", "refresh_token", "#
                + #""urn:ietf:params:oauth:grant-type:device_code"], "#
                + #""redirectUris": ["http://127.0.0.1/oauth/callback"], "#
                + #""issuerUrl": "https://corp.awsapps.com/start", "scopes": ["sso:account:access"]}"#)
    }

    @Test func theTokenFile() {
        var steps = steps(by: .device)
        let taken = walk(
            &steps, [.registration(nil), registered, .done, code, .done, .done, .done, answered(token)])
        guard case .write(let bytes) = taken.last else { return #expect(Bool(false)) }
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"startUrl": "https://corp.awsapps.com/start", "region": "us-east-1", "accessToken": "at", "#
                + #""expiresAt": "\#(Timestamp.format(now.wall + 3600))", "clientId": "id", "clientSecret": "secret", "#
                + #""registrationExpiresAt": "2100-01-01T00:00:00Z", "refreshToken": "rt"}"#)
    }

    /// The answer waited in the socket while the lid was closed.
    @Test func aSleepBeforeTheAnswerIsHeardDoesNotMakeTheTokenYounger() {
        var steps = steps(by: .device)
        _ = walk(&steps, [.registration(nil), registered, .done, code, .done, .done, .done])
        let later = Moment(wall: now.wall + 1800, boot: now.boot + 1800)
        guard case .write(let bytes) = steps.next(answered(token), at: later) else { return #expect(Bool(false)) }
        #expect(String(decoding: bytes, as: UTF8.self).contains(Timestamp.format(now.wall + 3600)))
    }

    @Test(arguments: [
        "/", "/oauth/callback", "/oauth/callback?state=state", "/oauth/callback/?code=c", "/other?code=c&state=state",
        "/oauth/callback?code=%zz&state=state",
    ])
    func whatIsNoAnswer(target: String) { #expect(Callback(target: target) == nil) }

    @Test func signals() {
        var steps = steps(by: .device)
        _ = walk(&steps, [.registration(nil), registered, .done, code, .done, .done])
        #expect(steps.next(.interrupted(15), at: now) == .end(.interrupted(15)))
    }
}
