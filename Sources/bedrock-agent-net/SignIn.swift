import ArgumentParser
import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// Does the steps of one sign-in. It prints where the person signs in, and then that all is done, in the AWS CLI's words.
struct SignIn: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sign in to a session, and write its token file.",
        discussion: "It opens no page: it prints the page's address, and the code if there is one.")

    @Option(help: "The token file in ~/.aws/sso/cache.")
    var tokenFile: String

    @Option(help: "The cached client registration in ~/.aws/sso/cache.")
    var registrationFile: String

    @Option(help: "The name of the sso-session section; without one, the session is a legacy one.")
    var session: String?

    @Option(name: .customLong("start-url"), help: "The start URL, as it is in the config file.")
    var startURL: String

    @Option(name: .customLong("resolved-start-url"), help: "Where it leads, if it is a company's own.")
    var resolvedStartURL: String?

    @Option(help: "The region of Identity Center.")
    var region: String

    @Option(help: "A scope to register for, as often as there are scopes.")
    var scope: [String] = []

    @Option(help: "The base URL of the OIDC service.")
    var endpoint: String

    @Flag(help: "Show a code, for a browser anywhere; otherwise the page calls back to this machine.")
    var deviceCode = false

    @Option(help: "Seconds for the whole sign-in.")
    var timeout: Int

    @Option(help: "The lock file of this session's refreshes; a token that cannot be written is kept beside it.")
    var lockFile: String

    @Option(
        name: .customLong("end-session-at"),
        help: "The base URL of the access portal, where the running session is ended first.")
    var portal: String?

    @Option(help: "The process that shows the page; the session is not ended without it.")
    var asker: Int32?

    @Option(help: "A CA bundle, instead of the system's.")
    var caBundle: String?

    func run() throws {
        let now = EventLoop.now()
        ProcessPrivacy.hideMemory()
        EventLoop.blockSignals()
        let performer = try AuthorizationPerformer(
            tokenFile: tokenFile, registrationFile: registrationFile, lockFile: lockFile,
            portal: portal, asker: asker, service: OIDCService(endpoint: endpoint, exchange: exchange))
        var steps = AuthorizationSteps(
            to: target, by: target.kind == .legacy || deviceCode ? .device : .pkce, endpoint: endpoint,
            startURL: resolvedStartURL ?? startURL,
            randomness: (Randomness.unreserved(64), Randomness.unreserved(64)), endsSession: portal != nil,
            limit: TimeInterval(timeout), at: now)
        let end = drive(
            &steps, end: { if case .end(let end) = $0 { end } else { nil } },
            outcome: { step, _ in performer.outcome(of: step) })
        performer.end()
        switch end {
        case .signedIn: StandardOutput.write(Array("Successfully logged into Start URL: \(startURL)\n".utf8))
        case .failed(let reason):
            StandardError.write("\(reason)\n")
            throw ExitCode(steps.obstacle?.rawValue ?? 1)
        case .interrupted(let number): throw ExitCode(128 + number)
        }
    }

    private var target: SSOSession {
        guard let session else { return SSOSession(legacyStartURL: startURL, region: region) }
        return SSOSession(name: session, startURL: startURL, region: region, scopes: scope)
    }

    private var exchange: HTTPExchange {
        // Shorter than the whole sign-in: an answer that is lost is asked for again.
        HTTPExchange(
            connectTimeout: min(10, timeout), timeout: min(20, timeout), caBundle: caBundle, endsBySignal: true)
    }
}

/// What nobody can guess.
enum Randomness {
    /// Characters that are the same in any URL (RFC 3986 §2.3).
    static func unreserved(_ count: Int) -> String {
        let characters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        // By getrandom(2).
        var generator = SystemRandomNumberGenerator()
        return String((0..<count).map { _ in characters[Int.random(in: 0..<characters.count, using: &generator)] })
    }
}
