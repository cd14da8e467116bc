import Digest
import Foundation

/// An authorization request to `/authorize`, by a client listening on a loopback port (authorization code with PKCE).
struct SignInRequest: Sendable {
    /// Short ID: `ac-1`.
    let id: String
    /// Identifies the request in the page's form; unguessable, so only the user can answer.
    let reference: String
    let clientID: String
    /// Including the client's port.
    let redirectURI: String
    /// The client's `state`, returned unchanged.
    let state: String
    /// base64url of the verifier's SHA-256.
    let challenge: String
    let scopes: [String]
    /// For the request and for its code.
    let expiresAt: Date
    var decision = Decision.waiting
    /// Secret; set once allowed.
    var code: String?
}

extension IdentityCenter {
    /// Checks the parameters of `GET /authorize`. Errors are shown on a page, never sent as a redirect: before these
    /// checks, the redirect URI cannot be trusted.
    mutating func startSignIn(
        query: [String: String], now: Date, trace: inout Trace
    ) throws(Refusal) -> SignInRequest {
        guard let client = clients.first(where: { $0.clientID == query["client_id"] }) else {
            throw .invalidClient("Client not found")
        }
        trace.used.append(client.id)
        guard now < client.expiresAt else { throw .invalidClient("Client has expired") }
        guard client.grants.contains(.authorizationCode) else { throw .unauthorizedClient }
        guard let redirect = query["redirect_uri"], let bare = Self.withoutPort(redirect),
            client.redirectURIs.contains(where: { Self.withoutPort($0) == bare })
        else { throw .invalidRedirect("redirect_uri is not one that the client registered") }
        guard query["response_type"] == "code" else { throw .invalidRequest("response_type must be code") }
        guard query["code_challenge_method"] == "S256" else {
            throw .invalidRequest("code_challenge_method must be S256")
        }
        guard let challenge = query["code_challenge"], challenge.count == 43 else {
            throw .invalidRequest("code_challenge is missing or not a SHA-256")
        }
        guard let state = query["state"], !state.isEmpty else { throw .invalidRequest("state is required") }
        let scopes = (query["scopes"] ?? "").split(whereSeparator: { $0 == " " || $0 == "," }).map(String.init)
        guard !scopes.isEmpty else { throw .invalidRequest("scopes is required") }
        if let other = scopes.first(where: { !client.scopes.contains($0) }) { throw .invalidScope(other) }
        let request = SignInRequest(
            id: mint.id("ac"), reference: mint.secret(bytes: 16), clientID: client.clientID, redirectURI: redirect,
            state: state, challenge: challenge, scopes: scopes,
            expiresAt: now.addingTimeInterval(settings.deviceCode.seconds))
        signInRequests.append(request)
        trace.issued.append(request.id)
        return request
    }

    /// Records the user's decision and returns the redirect target; nil if no such request is pending.
    mutating func decide(reference: String, allow: Bool, now: Date, trace: inout Trace) -> String? {
        guard
            let index = signInRequests.firstIndex(where: {
                $0.reference == reference && $0.decision == .waiting && now < $0.expiresAt
            }), var target = URLComponents(string: signInRequests[index].redirectURI)
        else { return nil }
        trace.used.append(signInRequests[index].id)
        let state = URLQueryItem(name: "state", value: signInRequests[index].state)
        if allow {
            let session = sessionForApproval(at: now)
            trace.issued.append(session.id)
            let code = mint.secret()
            signInRequests[index].decision = .allowed(session: session.id)
            signInRequests[index].code = code
            target.queryItems = (target.queryItems ?? []) + [URLQueryItem(name: "code", value: code), state]
        } else {
            signInRequests[index].decision = .denied
            target.queryItems =
                (target.queryItems ?? []) + [
                    URLQueryItem(name: "error", value: "access_denied"),
                    URLQueryItem(name: "error_description", value: "The person denied the request"), state,
                ]
        }
        return target.string
    }

    /// Exchanges an authorization code for a portal session. The code is valid once: a second use or a wrong verifier
    /// invalidates it.
    mutating func redeem(
        code: String, verifier: String, redirectURI: String, client: Client, now: Date, trace: inout Trace
    ) throws(Refusal) -> PortalSession {
        guard
            let index = signInRequests.firstIndex(where: { $0.code == code && $0.clientID == client.clientID })
        else { throw .invalidGrant("Invalid authorization code provided") }
        let request = signInRequests[index]
        trace.used.append(request.id)
        guard case .allowed(let id) = request.decision, now < request.expiresAt else {
            throw .invalidGrant("Invalid authorization code provided")
        }
        signInRequests[index].decision = .redeemed
        guard request.redirectURI == redirectURI else { throw .invalidGrant("Redirect URI does not match") }
        guard Data(Digest.sha256(Array(verifier.utf8).span)).base64URL == request.challenge else {
            throw .invalidGrant("Invalid code verifier provided")
        }
        guard let session = portalSessions.first(where: { $0.id == id }), session.isLive(at: now) else {
            throw .invalidGrant("Invalid authorization code provided")
        }
        return session
    }
}
