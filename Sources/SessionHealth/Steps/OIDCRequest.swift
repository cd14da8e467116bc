import FoundationEssentials

/// A request to Identity Center's OIDC service, with its secrets, as the AWS CLI makes it.
package struct OIDCRequest: Equatable, Sendable {
    /// Below the endpoint.
    package let path: String
    /// JSON.
    package let body: [UInt8]
    /// What must not appear in a message.
    package let secrets: [String]

    /// Where the browser brings the answer; the port is chosen at run time (RFC 8252 §7.3).
    package static let callbackPath = "/oauth/callback"
    private static let deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

    /// RegisterClient.
    /// - Parameter isPlain: for the flow alone.
    static func registration(
        of session: SSOSession, at startURL: String, for flow: AuthorizationFlow, isPlain: Bool
    ) -> OIDCRequest {
        var members = [
            ("clientName", JSONString.encode("botocore-client-\(session.clientName)")),
            ("clientType", JSONString.encode("public")),
        ]
        if flow == .pkce {
            members += [
                // AWS CLIs before 2.22 know only the device flow, and use the cached client for it whatever it is for.
                ("grantTypes", PythonJSON.list(flow.grantTypes + (isPlain ? [] : [deviceGrant]))),
                ("redirectUris", PythonJSON.list(["http://127.0.0.1\(callbackPath)"])),
                ("issuerUrl", JSONString.encode(startURL)),
            ]
        }
        let scopes = session.scopes(for: flow)
        if !scopes.isEmpty { members.append(("scopes", PythonJSON.list(scopes))) }
        return OIDCRequest(path: "/client/register", body: PythonJSON.object(members), secrets: [])
    }

    /// What RegisterClient answered; nil if it is not an answer of its own.
    static func registration(
        in body: [UInt8], of session: SSOSession, for flow: AuthorizationFlow
    ) -> ClientRegistration? {
        guard let document = try? JSONDocument(parsing: body), let id = document.string(at: ["clientId"]),
            let secret = document.string(at: ["clientSecret"]), !id.isEmpty, !secret.isEmpty,
            let end = document.int(at: ["clientSecretExpiresAt"])
        else { return nil }
        return ClientRegistration(
            clientID: id, clientSecret: secret, expiresAt: Date(timeIntervalSince1970: TimeInterval(end)),
            scopes: session.scopes(for: flow), grantTypes: flow.grantTypes)
    }

    /// StartDeviceAuthorization.
    static func deviceAuthorization(of client: ClientRegistration, startURL: String) -> OIDCRequest {
        request("/device_authorization", client, [("startUrl", startURL)], secrets: [])
    }

    /// CreateToken, by the device flow.
    static func token(for client: ClientRegistration, deviceCode: String) -> OIDCRequest {
        request(
            "/token", client, [("grantType", deviceGrant), ("deviceCode", deviceCode)], secrets: [deviceCode])
    }

    /// CreateToken, for an authorization code.
    static func token(for client: ClientRegistration, code: String, verifier: String, redirect: String) -> OIDCRequest {
        request(
            "/token", client,
            [
                ("grantType", AuthorizationFlow.authorizationCode), ("redirectUri", redirect), ("code", code),
                ("codeVerifier", verifier),
            ], secrets: [code, verifier])
    }

    /// CreateToken, for a refresh token.
    package static func token(for grant: TokenDocument.Grant) -> OIDCRequest {
        OIDCRequest(path: "/token", body: grant.body, secrets: [grant.clientSecret, grant.refreshToken])
    }

    static func redirectURI(port: Int) -> String { "http://127.0.0.1:\(port)\(callbackPath)" }

    /// The page on which the person agrees.
    static func authorizeURL(
        at endpoint: String, _ client: ClientRegistration, scopes: [String], port: Int, state: String,
        challenge: String
    ) -> String {
        let items = [
            ("response_type", "code"), ("client_id", client.clientID), ("redirect_uri", redirectURI(port: port)),
            ("state", state), ("code_challenge_method", "S256"), ("scopes", scopes.joined(separator: " ")),
            ("code_challenge", challenge),
        ]
        let query = items.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        return "\(endpoint)/authorize?\(query)"
    }

    private static func request(
        _ path: String, _ client: ClientRegistration, _ more: [(String, String)], secrets: [String]
    ) -> OIDCRequest {
        let members = [("clientId", client.clientID), ("clientSecret", client.clientSecret)] + more
        return OIDCRequest(
            path: path, body: PythonJSON.object(members.map { ($0.0, JSONString.encode($0.1)) }),
            secrets: [client.clientSecret] + secrets)
    }
}

extension SSOSession {
    /// What the service shows beside it on the sign-in page. The AWS CLI names a legacy one by the time; a name of its own
    /// says no more.
    fileprivate var clientName: String { kind == .legacy ? "legacy" : name }

    /// What is asked for: by the authorization code never nothing.
    func scopes(for flow: AuthorizationFlow) -> [String] {
        let scopes = scopes ?? []
        return flow == .pkce && scopes.isEmpty ? [SSOSession.accountScope] : scopes
    }
}
