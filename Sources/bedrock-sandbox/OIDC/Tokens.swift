import Foundation

/// An access token for the access portal.
struct AccessToken: Sendable {
    /// Short ID: `at-1`.
    let id: String
    /// Secret.
    let value: String
    let clientID: String
    /// The portal session's short ID.
    let session: String
    let expiresAt: Date
    /// Whether the client's scopes include portal access.
    let opensPortal: Bool
}

/// A refresh token, valid as long as its portal session.
struct RefreshToken: Sendable {
    /// Short ID: `rt-1`.
    let id: String
    /// Secret.
    let value: String
    /// The client that it was issued to; no other may use it.
    let clientID: String
    /// The portal session's short ID.
    let session: String
    /// Its successor, with rotation on: this token is then rejected.
    var replacedBy: String?
}

/// The output of CreateToken.
struct TokenGrant: Sendable {
    let accessToken: String
    /// Whole seconds.
    let expiresIn: Int
    /// Nil if the client's scopes do not allow one, or rotation is `omit`.
    let refreshToken: String?
}

/// The input of CreateToken; the required fields depend on the grant type.
struct TokenRequest: Decodable {
    var clientId: String?
    var clientSecret: String?
    var grantType: String?
    var deviceCode: String?
    var code: String?
    var codeVerifier: String?
    var redirectUri: String?
    var refreshToken: String?
}

extension IdentityCenter {
    /// CreateToken, for all three grant types.
    mutating func createToken(
        _ request: TokenRequest, now: Date, trace: inout Trace
    ) throws(Refusal) -> TokenGrant {
        guard let type = request.grantType, !type.isEmpty else { throw .invalidRequest("grantType is required") }
        let client = try client(id: request.clientId, secret: request.clientSecret, now: now, trace: &trace)
        guard let grant = Grant(rawValue: type) else { throw .unsupportedGrant }
        guard client.grants.contains(grant) else { throw .unauthorizedClient }
        switch grant {
        case .deviceCode:
            guard let code = request.deviceCode, !code.isEmpty else { throw .invalidRequest("deviceCode is required") }
            let session = try redeem(deviceCode: code, client: client, now: now, trace: &trace)
            return firstTokens(for: client, in: session, now: now, trace: &trace)
        case .authorizationCode:
            guard let code = request.code, !code.isEmpty else { throw .invalidRequest("code is required") }
            guard let verifier = request.codeVerifier else { throw .invalidRequest("codeVerifier is required") }
            guard let redirect = request.redirectUri else { throw .invalidRequest("redirectUri is required") }
            let session = try redeem(
                code: code, verifier: verifier, redirectURI: redirect, client: client, now: now, trace: &trace)
            return firstTokens(for: client, in: session, now: now, trace: &trace)
        case .refreshToken:
            guard let token = request.refreshToken, !token.isEmpty else {
                throw .invalidRequest("refreshToken is required")
            }
            return try refresh(token, client: client, now: now, trace: &trace)
        }
    }

    private mutating func firstTokens(
        for client: Client, in session: PortalSession, now: Date, trace: inout Trace
    ) -> TokenGrant {
        let access = issueAccessToken(for: client, in: session, now: now, trace: &trace)
        let refresh = client.mayRefresh ? issueRefreshToken(for: client, in: session, trace: &trace) : nil
        return grant(access, refresh: refresh?.value, now: now)
    }

    private mutating func refresh(
        _ value: String, client: Client, now: Date, trace: inout Trace
    ) throws(Refusal) -> TokenGrant {
        guard let index = refreshTokens.firstIndex(where: { $0.value == value }) else { throw .invalidRefreshToken }
        let token = refreshTokens[index]
        trace.used.append(token.id)
        guard token.clientID == client.clientID, token.replacedBy == nil,
            let session = portalSessions.first(where: { $0.id == token.session }), session.isLive(at: now)
        else { throw .invalidRefreshToken }
        let access = issueAccessToken(for: client, in: session, now: now, trace: &trace)
        switch settings.rotation {
        case .on:
            let next = issueRefreshToken(for: client, in: session, trace: &trace)
            refreshTokens[index].replacedBy = next.id
            return grant(access, refresh: next.value, now: now)
        case .off: return grant(access, refresh: value, now: now)
        case .omit: return grant(access, refresh: nil, now: now)
        }
    }

    private mutating func issueAccessToken(
        for client: Client, in session: PortalSession, now: Date, trace: inout Trace
    ) -> AccessToken {
        let own = now.addingTimeInterval(settings.accessToken.seconds)
        let token = AccessToken(
            id: mint.id("at"), value: mint.secret("aoa", bytes: 96), clientID: client.clientID, session: session.id,
            expiresAt: client.isLegacy ? session.endsAt : min(own, session.endsAt), opensPortal: client.mayUsePortal)
        accessTokens.append(token)
        trace.issued.append(token.id)
        return token
    }

    private mutating func issueRefreshToken(
        for client: Client, in session: PortalSession, trace: inout Trace
    ) -> RefreshToken {
        let token = RefreshToken(
            id: mint.id("rt"), value: mint.secret("aor", bytes: 96), clientID: client.clientID, session: session.id)
        refreshTokens.append(token)
        trace.issued.append(token.id)
        return token
    }

    private func grant(_ access: AccessToken, refresh: String?, now: Date) -> TokenGrant {
        // Rounded to the nearest second: a clock read a moment later must not cost a whole second.
        let left = Int(access.expiresAt.timeIntervalSince(now).rounded())
        return TokenGrant(accessToken: access.value, expiresIn: max(1, left), refreshToken: refresh)
    }
}
