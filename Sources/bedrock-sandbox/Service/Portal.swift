import Foundation

/// Temporary credentials of a role: they outlive the session that brought them, unless it is revoked hard.
struct RoleCredentials: Sendable {
    /// Short ID: `rc-1`.
    let id: String
    let accessKeyID: String
    let secretAccessKey: String
    let sessionToken: String
    let account: String
    let role: String
    /// Short IDs of the access token that brought them and of its portal session.
    let token: String
    let session: String
    /// Earlier than it was issued for, once it was ended.
    var expiresAt: Date
}

/// An assigned role, as in ListAccountRoles.
struct AssignedRole: Encodable, Sendable {
    let roleName: String
    let accountId: String
}

extension IdentityCenter {
    /// Checks the bearer token; 401 if it is unknown, expired, signed out, or lacks the portal scope.
    func bearer(_ value: String?, now: Date, trace: inout Trace) throws(Refusal) -> AccessToken {
        guard let value, let token = accessTokens.first(where: { $0.value == value }) else { throw .noSession }
        trace.used.append(token.id)
        guard isUsable(token, now: now), token.opensPortal else { throw .noSession }
        return token
    }

    /// Whether the portal accepts the token. After a revocation, tokens remain valid until they expire, unless it was a
    /// hard one.
    func isUsable(_ token: AccessToken, now: Date) -> Bool {
        let ended = portalSessions.first { $0.id == token.session }?.ended
        return now < token.expiresAt && (ended == nil || ended == .revoked)
    }

    /// GetRoleCredentials: 400 if a parameter is missing, 403 if the role is not assigned.
    mutating func getRoleCredentials(
        account: String?, role: String?, token: AccessToken, now: Date, trace: inout Trace
    ) throws(Refusal) -> RoleCredentials {
        guard let role, !role.isEmpty else { throw .badPortalRequest("role_name is required") }
        guard let account, !account.isEmpty else { throw .badPortalRequest("account_id is required") }
        trace.subject = "\(account)/\(role)"
        guard settings.accounts.contains(where: { $0.id == account && $0.roles.contains(role) }) else {
            throw .noAccess
        }
        let credentials = RoleCredentials(
            id: mint.id("rc"), accessKeyID: mint.accessKeyID(), secretAccessKey: mint.secret(bytes: 30),
            sessionToken: mint.secret(bytes: 120), account: account, role: role,
            token: token.id, session: token.session, expiresAt: now.addingTimeInterval(settings.roleCredentials.seconds)
        )
        roleCredentials.append(credentials)
        trace.issued.append(credentials.id)
        return credentials
    }

    /// AssumeRole: every role trusts everybody. What is issued stems from the same sign-in as what it was asked with.
    mutating func assumeRole(
        _ arn: String?, by credentials: RoleCredentials, now: Date, trace: inout Trace
    ) throws(Refusal) -> RoleCredentials {
        guard let parts = arn?.firstMatch(of: /^arn:aws:iam::(\d{12}):role\/(.+)$/) else {
            throw Refusal(status: 400, exception: "ValidationError", message: "\(arn ?? "Nothing") is invalid")
        }
        trace.subject = "\(parts.1)/\(parts.2)"
        let assumed = RoleCredentials(
            id: mint.id("rc"), accessKeyID: mint.accessKeyID(), secretAccessKey: mint.secret(bytes: 30),
            sessionToken: mint.secret(bytes: 120), account: String(parts.1), role: String(parts.2),
            token: credentials.token, session: credentials.session,
            expiresAt: now.addingTimeInterval(settings.roleCredentials.seconds))
        roleCredentials.append(assumed)
        trace.issued.append(assumed.id)
        return assumed
    }

    /// Ends role credentials before their time, all or those of one session. Returns the IDs of those that ended.
    mutating func expireRoleCredentials(of session: String? = nil, now: Date) -> [String] {
        let ending = roleCredentials.indices.filter {
            now < roleCredentials[$0].expiresAt && (session == nil || session == roleCredentials[$0].session)
        }
        for index in ending { roleCredentials[index].expiresAt = now }
        return ending.map { roleCredentials[$0].id }
    }

    /// ListAccountRoles: the roles assigned in one account.
    func roles(in account: String?) throws(Refusal) -> [AssignedRole] {
        guard let account, !account.isEmpty else { throw .badPortalRequest("account_id is required") }
        guard let found = settings.accounts.first(where: { $0.id == account }) else { throw .noAccess }
        return found.roles.map { AssignedRole(roleName: $0, accountId: account) }
    }
}
