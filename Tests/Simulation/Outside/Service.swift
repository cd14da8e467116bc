import FoundationEssentials
import SessionHealth

/// Identity Center, on a clock that is never set: client registrations, portal sessions, tokens, and the HTTP
/// responses.
final class Service {
    /// What goes wrong between the machine and the service.
    enum Trouble: CaseIterable {
        case noRoute, silence, loginPage, serverError, tooMany, cutOff
        /// It grants, and nobody hears of it.
        case lostAnswer
        /// The service refuses for a reason that a sign-in cannot fix.
        case refusal

        static let outages = allCases.filter { $0 != .refusal }
    }

    struct Registration {
        var clientID: String
        var clientSecret: String
        var expiresAt: Date

        /// The file that the AWS CLI caches.
        var file: [UInt8] {
            Array(
                """
                {"clientId": "\(clientID)", "clientSecret": "\(clientSecret)", \
                "expiresAt": "\(Timestamp.format(expiresAt))", "scopes": ["\(SSOSession.accountScope)"]}
                """.utf8)
        }
    }

    /// A token granted to a client that signs in or refreshes.
    struct Granted {
        var session: SSOSession
        var registration: Registration
        var accessToken: String
        var expiresIn: Int
        var refreshToken: String?

        /// The token file as the AWS CLI writes it: times on the machine's clock, except the registration's expiry,
        /// which is the service's.
        func file(at now: Date) -> [UInt8] {
            let refresh = refreshToken.map { ", \"refreshToken\": \"\($0)\"" } ?? ""
            return Array(
                """
                {"startUrl": "\(session.startURL)", "region": "\(session.region)", \
                "accessToken": "\(accessToken)", "expiresAt": "\(Timestamp.format(now + Double(expiresIn)))", \
                "clientId": "\(registration.clientID)", "clientSecret": "\(registration.clientSecret)", \
                "registrationExpiresAt": "\(Timestamp.format(registration.expiresAt))"\(refresh)}
                """.utf8)
        }
    }

    private struct Refreshable {
        var session: SSOSession
        /// When its portal session ends.
        var end: TimeInterval
        var isSpent = false
    }

    private static let accessLength: TimeInterval = 3600
    static let legacyLength: TimeInterval = 8 * 3600

    private unowned let world: World
    var trouble: Trouble? { didSet { world.healthChecks.hinders() } }
    private var portalEnds: [String: TimeInterval] = [:]
    private var clients: [String: (secret: String, end: TimeInterval)] = [:]
    private var refreshTokens: [String: Refreshable] = [:]
    /// Refresh tokens that were refused to any client.
    private(set) var refused: Set<String> = []
    /// Those of them that it refused for a reason that a sign-in cannot fix.
    private var refusedOtherwise: Set<String> = []
    private var issued = 0
    private var accessEnds: [String: TimeInterval] = [:]
    /// The number of the last token issued before somebody ended the session, by session.
    private var endedBelow: [String: Int] = [:]

    init(_ world: World) { self.world = world }

    var isReachable: Bool { trouble == nil || trouble == .refusal }

    func isRunning(_ session: SSOSession) -> Bool { world.time < portalEnds[session.name] ?? 0 }

    /// The administrator ends the portal session.
    func end(_ session: SSOSession) {
        portalEnds[session.name] = world.time
        for token in refreshTokens.keys.sorted() where refreshTokens[token]?.session == session {
            refreshTokens[token]?.end = world.time
        }
        endedBelow[session.name] = issued
        world.healthChecks.look(at: session)
    }

    /// When the service stops accepting an access token; it is not known to the machine.
    func end(ofAccess token: String, to session: SSOSession) -> TimeInterval {
        if Service.number(of: token) <= endedBelow[session.name] ?? 0 { return 0 }
        return accessEnds[token] ?? 0
    }

    /// Whether it would grant a refresh.
    func wouldRefresh(_ grant: TokenDocument.Grant) -> Bool {
        guard knows(grant.clientID, grant.clientSecret), let found = refreshTokens[grant.refreshToken] else {
            return false
        }
        return !found.isSpent && world.time < found.end
    }

    /// The refresh token of this session that it would accept, if it was granted later than the one of the file.
    func newest(for session: SSOSession, after grant: TokenDocument.Grant?) -> String? {
        let least = grant.map { Service.number(of: $0.refreshToken) } ?? 0
        return refreshTokens.filter {
            $0.value.session == session && !$0.value.isSpent && world.time < $0.value.end
                && Service.number(of: $0.key) > least
        }.keys.max { Service.number(of: $0) < Service.number(of: $1) }
    }

    /// Whether it has refused to refresh this for a reason that somebody has to fix: it is not asked again until then.
    func hasRefused(_ grant: TokenDocument.Grant) -> Bool { refusedOtherwise.contains(grant.refreshToken) }

    /// Whether a refresh has used up this refresh token.
    func isSpent(_ refreshToken: String) -> Bool { refreshTokens[refreshToken]?.isSpent ?? false }

    /// All client registrations expire early.
    func forgetClients() { clients = [:] }

    /// Numbers access tokens in the order of issue.
    static func number(of accessToken: String) -> Int { Int(accessToken.drop { !$0.isNumber }) ?? 0 }

    // MARK: Signing in

    func register() -> Registration {
        issued += 1
        let end = world.time + world.climate.registrationLength
        clients["client-\(issued)"] = ("secret-\(issued)", end)
        return Registration(
            clientID: "client-\(issued)", clientSecret: "secret-\(issued)", expiresAt: World.start + end)
    }

    func knows(_ clientID: String, _ clientSecret: String) -> Bool {
        guard let client = clients[clientID] else { return false }
        return client.secret == clientSecret && world.time < client.end
    }

    /// The user has signed in. A running portal session is reused and not extended.
    func signIn(to session: SSOSession, _ registration: Registration) -> Granted {
        if !isRunning(session) { portalEnds[session.name] = world.time + world.climate.portalLength }
        let left = (portalEnds[session.name] ?? 0) - world.time
        issued += 1
        var granted = Granted(
            session: session, registration: registration, accessToken: "access-\(issued)",
            expiresIn: Int(session.hasAccountScope ? Service.accessLength : min(Service.legacyLength, left)))
        accessEnds[granted.accessToken] = world.time + Double(granted.expiresIn)
        if session.hasAccountScope { granted.refreshToken = newRefreshToken(for: session, until: world.time + left) }
        return granted
    }

    private func newRefreshToken(for session: SSOSession, until end: TimeInterval) -> String {
        refreshTokens["refresh-\(issued)"] = Refreshable(session: session, end: end)
        return "refresh-\(issued)"
    }

    // MARK: POST /token

    /// The response as the agent's own code receives it.
    func answer(to body: [UInt8], secrets: [String]) -> TokenServiceAnswer {
        switch trouble {
        case .noRoute: return .offline(reason: "Could not resolve host")
        case .silence: return .offline(reason: "Operation timed out")
        case .loginPage:
            return TokenServiceAnswer(OIDCReply(status: 200, body: Array("<html>Welcome aboard</html>".utf8)))
        case .serverError:
            return TokenServiceAnswer(OIDCReply(status: 500, body: Array(#"{"error":"internal_server_error"}"#.utf8)))
        case .tooMany: return TokenServiceAnswer(OIDCReply(status: 429, body: []))
        case .cutOff: return TokenServiceAnswer(OIDCReply(status: 200, body: Array(#"{"accessToken":"acc"#.utf8)))
        case .lostAnswer:
            _ = refresh(body)
            return .offline(reason: "Connection reset by peer")
        case .refusal:
            let request = try? JSONDocument(parsing: body)
            request?.string(at: ["refreshToken"]).map { _ = refusedOtherwise.insert($0) }
            let text = #"{"error":"access_denied","error_description":"KMS key is disabled","reason":"KMS_DISABLED"}"#
            return TokenServiceAnswer(OIDCReply(status: 400, body: Array(text.utf8)))
        case nil:
            let (status, text) = refresh(body)
            return TokenServiceAnswer(OIDCReply(status: status, body: Array(text.utf8), secrets: secrets))
        }
    }

    private func refresh(_ body: [UInt8]) -> (status: Int, text: String) {
        guard let request = try? JSONDocument(parsing: body), request.string(at: ["grantType"]) == "refresh_token",
            let client = request.string(at: ["clientId"]), let secret = request.string(at: ["clientSecret"]),
            let token = request.string(at: ["refreshToken"])
        else {
            return (400, #"{"error":"invalid_request","error_description":"Missing parameter"}"#)
        }
        guard knows(client, secret) else {
            refused.insert(token)
            return (401, #"{"error":"invalid_client","error_description":"Invalid client provided"}"#)
        }
        guard let found = refreshTokens[token], !found.isSpent, world.time < found.end else {
            refused.insert(token)
            return (400, #"{"error":"invalid_grant","error_description":"Invalid refresh token provided"}"#)
        }
        issued += 1
        var members =
            "\"accessToken\":\"access-\(issued)\",\"tokenType\":\"Bearer\",\"expiresIn\":\(Int(Service.accessLength))"
        accessEnds["access-\(issued)"] = world.time + Service.accessLength
        switch world.climate.rotation {
        case .none: break
        case .repeats: members += ",\"refreshToken\":\"\(token)\""
        case .spends:
            refreshTokens[token]?.isSpent = true
            members += ",\"refreshToken\":\"\(newRefreshToken(for: found.session, until: found.end))\""
        }
        return (200, "{\(members)}")
    }
}
