import Foundation

/// One sign-in of the user to the access portal, in the browser. Everything issued in it ends with it, except role
/// credentials.
struct PortalSession: Sendable {
    /// Short ID: `ps-1`.
    let id: String
    let beganAt: Date
    /// Fixed at the start; nothing extends it.
    let endsAt: Date
    /// Set if the session ended early.
    var ended: End?

    /// Why a session ended early.
    enum End: String, Codable, Sendable {
        /// By an administrator; access tokens already issued stay valid until they expire.
        case revoked
        /// By an administrator, access tokens and role credentials included.
        case revokedHard
        /// By `aws sso logout`.
        case loggedOut
    }

    /// Whether its refresh tokens work and a new approval would reuse it.
    func isLive(at now: Date) -> Bool { ended == nil && now < endsAt }
}

extension IdentityCenter {
    /// The session in the user's browser, if it is still live.
    func liveSession(at now: Date) -> PortalSession? {
        portalSessions.last { $0.isLive(at: now) }
    }

    /// The session for a new approval: the live one, *not* extended, or else a new one.
    mutating func sessionForApproval(at now: Date) -> PortalSession {
        if let live = liveSession(at: now) { return live }
        let session = PortalSession(
            id: mint.id("ps"), beganAt: now, endsAt: now.addingTimeInterval(settings.portalSession.seconds))
        portalSessions.append(session)
        return session
    }

    /// Ends the live session; `hard` also invalidates its access tokens and the role credentials obtained with them.
    /// Returns the IDs of the sessions that ended.
    mutating func revokeSessions(hard: Bool, now: Date) -> [String] {
        let ending = portalSessions.indices.filter {
            portalSessions[$0].isLive(at: now) || (hard && portalSessions[$0].ended == .revoked)
        }
        for index in ending {
            portalSessions[index].ended = hard ? .revokedHard : .revoked
            if hard { _ = expireRoleCredentials(of: portalSessions[index].id, now: now) }
        }
        return ending.map { portalSessions[$0].id }
    }

    /// Portal `POST /logout`: ends the token's session.
    mutating func logOut(_ token: AccessToken) {
        guard let index = portalSessions.firstIndex(where: { $0.id == token.session }) else { return }
        portalSessions[index].ended = .loggedOut
    }
}
