import Digest
import FoundationEssentials

// What `AuthorizationSteps` does with each answer.

extension AuthorizationSteps {
    // MARK: The client

    mutating func begin() -> Step { registration == nil ? register() : authorize() }

    mutating func register() -> Step {
        state = .registering
        return .ask(.registration(of: session, at: startURL, for: flow, isPlain: isPlain))
    }

    mutating func registered(_ reply: OIDCReply) -> Step {
        switch reply {
        case .answered(let body):
            guard let new = OIDCRequest.registration(in: body, of: session, for: flow) else {
                return .end(fail("register a client", .notTheirs(200)))
            }
            registration = new
            isFresh = true
            state = .keeping
            return .keepRegistration(new)
        case .refused where flow == .pkce && !isPlain:
            // The service may not like a client for both flows.
            isPlain = true
            return register()
        default: return .end(fail("register a client", reply))
        }
    }

    // MARK: The person

    mutating func authorize() -> Step {
        guard let registration else { return register() }
        guard flow == .device else {
            let url = OIDCRequest.authorizeURL(
                at: endpoint, registration, scopes: session.scopes(for: flow), port: port, state: csrfState,
                challenge: Digest.sha256(Array(verifier.utf8).span).base64URL)
            state = .reserving(SignInPage(url: url))
            return .reserve
        }
        state = .authorizing
        return .ask(.deviceAuthorization(of: registration, startURL: startURL))
    }

    mutating func authorized(_ reply: OIDCReply, at now: Moment) -> Step {
        switch reply {
        case .answered(let body):
            guard let document = try? JSONDocument(parsing: body),
                let code = document.string(at: ["deviceCode"]), !code.isEmpty,
                let userCode = document.string(at: ["userCode"]), userCode.isToken,
                let url = document.string(at: ["verificationUri"]), url.isPageAddress
            else { return .end(fail("ask for a code", .notTheirs(200))) }
            let complete = document.string(at: ["verificationUriComplete"]).flatMap { $0.isPageAddress ? $0 : nil }
            let interval = document.int(at: ["interval"]).map(TimeInterval.init) ?? Self.usualInterval
            device = DeviceCode(code: code, interval: min(max(interval, 1), 60))
            state = .reserving(SignInPage(url: url, code: userCode, complete: complete))
            return .reserve
        case .refused(let error, _) where TokenServiceAnswer.deadRegistration.contains(error) && !isFresh:
            state = .settingAside(nil)
            registration = nil
            return .setRegistrationAside(at: now.wall)
        default: return .end(fail("ask for a code", reply))
        }
    }

    mutating func wait(at now: Moment) -> Step {
        let timeLeft = deadline - now.boot
        guard timeLeft > 0 else {
            let end = End.failed("nobody signed in to \(session.name) in time")
            return isNobodyComing(at: now) ? setAside(then: end, at: now) : .end(end)
        }
        state = .waiting
        return device.map { .pause(min($0.interval, timeLeft)) } ?? .awaitCallback(timeLeft)
    }

    // MARK: The device flow

    mutating func poll(at now: Moment) -> Step {
        guard let registration, let device else { return wait(at: now) }
        state = .polling
        return .ask(.token(for: registration, deviceCode: device.code))
    }

    mutating func polled(_ reply: OIDCReply, at now: Moment) -> Step {
        switch reply {
        case .refused("authorization_pending", _): return wait(at: now)
        case .refused("slow_down", _):
            device?.interval += Self.slowDown
            return wait(at: now)
        case .refused(let error, _) where TokenServiceAnswer.deadRegistration.contains(error):
            return setAside(then: fail("get a token", reply), at: now)
        case .refused("expired_token", _):
            return .end(.failed("the code for \(session.name) has expired before anybody signed in with it"))
        case .refused("access_denied", _):
            obstacle = .denied
            return .end(.failed(denied))
        case .refused: return .end(fail("get a token", reply))
        case .answered, .offline:
            if let step = granted(reply, at: now) { return step }
            // RFC 8628 §3.5: less and less often, until the time is over.
            if let device { self.device?.interval = min(60, 2 * device.interval) }
            return wait(at: now)
        }
    }

    // MARK: The authorization code

    mutating func called(back callback: Callback) -> Step {
        guard callback.isAnswer(to: csrfState) else {
            state = .answering(nil)
            // Anybody can report an error: it ends nothing.
            guard callback.state == nil, callback.code == nil else { return .answerBrowser(.notOurs) }
            return .answerBrowser(.failed(report(of: callback)))
        }
        guard let code = callback.code, callback.error == nil else {
            if callback.error == "access_denied" { obstacle = .denied }
            return finish(.failed(report(of: callback)))
        }
        self.code = code
        return redeem(1)
    }

    private func report(of callback: Callback) -> String {
        if callback.error == "access_denied" { return denied }
        let said = [callback.error, callback.description].compactMap(\.self).joined(separator: ", ")
        return "the sign-in page of \(session.name) reports: \(said.cleaned(of: []))"
    }

    /// By PKCE, a client that the service has forgotten shows on the page only, and nobody comes back from there.
    func isNobodyComing(at now: Moment) -> Bool {
        flow == .pkce && !isFresh && deadline - now.boot < Self.lateness
    }

    mutating func redeem(_ tries: Int) -> Step {
        guard let registration else { return register() }
        state = .redeeming(tries: tries)
        return .ask(
            .token(
                for: registration, code: code, verifier: verifier,
                redirect: OIDCRequest.redirectURI(port: port)))
    }

    mutating func redeemed(_ reply: OIDCReply, _ tries: Int, at now: Moment) -> Step {
        if let step = granted(reply, at: now) { return step }
        guard case .refused(let error, _) = reply else {
            guard tries < Self.mostTries else { return finish(fail("get a token", reply)) }
            state = .redeeming(tries: tries + 1)
            return .pause(1)
        }
        let end = fail("get a token", reply)
        return TokenServiceAnswer.deadRegistration.contains(error) ? setAside(then: end, at: now) : finish(end)
    }

    /// For the next sign-in: this one was answered by the person already.
    mutating func setAside(then end: End, at now: Moment) -> Step {
        state = .settingAside(end)
        return .setRegistrationAside(at: now.wall)
    }

    // MARK: The token

    /// Nil where none was granted.
    mutating func granted(_ reply: OIDCReply, at now: Moment) -> Step? {
        guard case .granted(let accessToken, let seconds, let refreshToken) = TokenServiceAnswer(reply),
            let registration
        else { return nil }
        state = .writing
        // It counts from when it was granted: the machine may have slept before the answer was heard.
        let age = max(0, now.boot - askedAt)
        return .write(
            TokenDocument.new(
                accessToken: accessToken, expiresAt: now.wall - age + TimeInterval(seconds), refreshToken: refreshToken,
                startURL: session.startURL, region: session.region, for: registration))
    }

    mutating func finish(_ end: End) -> Step {
        guard flow == .pkce else { return .end(end) }
        state = .answering(end)
        if case .failed(let reason) = end { return .answerBrowser(.failed(reason)) }
        return .answerBrowser(.signedIn)
    }

    var denied: String { "access for \(session.name) was denied on the sign-in page" }

    mutating func fail(_ what: String, _ reply: OIDCReply) -> End {
        let why: String
        switch reply {
        case .offline(let reason):
            obstacle = .network
            why = reason
        case .refused(let error, let description):
            if state == .registering || state == .authorizing { obstacle = .refused }
            why = description.isEmpty ? error : "\(error), \(description)"
        case .answered:
            obstacle = .network
            why = "an answer that did not come from the service (HTTP 200)"
        }
        return .failed("cannot \(what) for \(session.name) at Identity Center in \(session.region): \(why)")
    }
}

extension [UInt8] {
    /// RFC 4648 §5, without padding.
    package var base64URL: String {
        Data(self).base64EncodedString().filter { $0 != "=" }.replacing("+", with: "-").replacing("/", with: "_")
    }
}

extension String {
    /// It can be opened, and printed in a terminal.
    fileprivate var isPageAddress: Bool {
        (hasPrefix("https://") || hasPrefix("http://")) && utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
