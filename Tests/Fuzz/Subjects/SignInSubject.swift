import FoundationEssentials
import SessionHealth

/// A sign-in of our own, whatever the service answers, the cached registration says and the browser brings.
enum SignInSubject {
    private static let session = SSOSession(
        name: "corp", startURL: "https://corp.awsapps.com/start", region: "us-west-2",
        scopes: [SSOSession.accountScope])
    private static let verifier = String(repeating: "v", count: 64)
    private static let state = String(repeating: "s", count: 64)
    private static let statuses = [200, 200, 200, 400, 401, 403, 429, 500, 302, 0]
    private static let limit: TimeInterval = 165
    /// Far more than there are: the slowest service is asked each second.
    private static let mostSteps = 2000

    static func check(_ input: Input) throws(Violation) {
        var world = World(input)
        var steps = AuthorizationSteps(
            to: session, by: world.choices.next(below: 2) == 0 ? .device : .pkce,
            endpoint: "https://oidc.us-west-2.amazonaws.com", startURL: session.startURL,
            randomness: (verifier, state), endsSession: world.choices.next(below: 4) == 1, limit: limit, at: world.now)
        var step = AuthorizationSteps.first
        for _ in 0..<mostSteps {
            if case .end(let end) = step { return try look(at: end, world.isOver) }
            step = steps.next(try world.outcome(of: step), at: world.now)
        }
        throw Violation("it goes on and on")
    }

    private static func look(at end: AuthorizationSteps.End, _ isWritten: Bool) throws(Violation) {
        if case .signedIn = end { try require(isWritten, "signed in without a token") }
        guard case .failed(let reason) = end else { return }
        try require(
            !reason.unicodeScalars.contains { $0.value < 0x20 }, "control characters: \(reason.debugDescription)")
        try require(reason.count <= 1000, "a long reason")
        try require(!reason.contains(verifier), "a secret in: \(reason)")
    }

    /// What answers each step.
    private struct World {
        let input: Input
        var choices: Choices
        var now = Moment(wall: Date(timeIntervalSince1970: 1_795_420_800), boot: 1000)
        var isOver = false
        private var texts = 1

        init(_ input: Input) {
            self.input = input
            choices = input.choices(0)
        }

        private mutating func text() -> [UInt8] {
            texts += 1
            return input.text(texts - 1)
        }

        private mutating func pass(_ seconds: TimeInterval) throws(Violation) {
            try require(seconds > 0 && seconds <= limit, "a pause of \(seconds) s")
            now = Moment(wall: now.wall + seconds, boot: now.boot + seconds)
        }

        mutating func outcome(of step: AuthorizationSteps.Step) throws(Violation) -> AuthorizationSteps.Outcome {
            switch step {
            case .readRegistration: return .registration(choices.next(below: 2) == 1 ? text() : nil)
            case .listen: return choices.next(below: 4) == 1 ? .failed("no port") : .listening(port: 40000)
            case .ask:
                let status = choices.next(of: statuses)
                return .answered(OIDCReply(status: status, body: text(), secrets: [verifier]))
            case .keepRegistration(let registration):
                // A date that is too late for a file is the latest one.
                let kept = ClientRegistration(parsing: registration.json)
                try requireEqual(kept?.json, registration.json, "a registration that is kept otherwise")
                return .done
            case .show(let page):
                let lines = page.lines.split(separator: "\n", omittingEmptySubsequences: false).count - 1
                try requireEqual(
                    lines, [page.url, page.code, page.complete].compactMap(\.self).count,
                    "a line in the code or address")
                try require(page.lines.utf8.allSatisfy { (0x20..<0x7F).contains($0) || $0 == 0x0A }, "\(page)")
                return .done
            case .pause(let seconds):
                try pass(seconds)
                return .done
            case .awaitCallback(let seconds):
                let target = OIDCRequest.callbackPath + "?" + String(decoding: text(), as: UTF8.self)
                if choices.next(below: 3) > 0, let callback = Callback(target: target) { return .calledBack(callback) }
                try pass(seconds)
                return .done
            case .write(let bytes):
                let document = try? TokenDocument(parsing: bytes)
                try require(document?.accessToken.isToken == true, "a token file that is none: \(bytes.shown)")
                isOver = true
                return .done
            case .setRegistrationAside, .reserve, .endSession, .answerBrowser: return .done
            case .end: return .done
            }
        }
    }
}
