import Foundation

/// One sign-in of the user to the access portal, in their browser. Everything else lives no longer than it does,
/// role credentials apart.
struct PortalSession: Sendable {
    /// Short: `ps-1`.
    let id: String
    let beganAt: Date
    /// Fixed when it begins: nothing extends it.
    let endsAt: Date
    /// Set when it ended before its time.
    var ended: End?

    /// Why a session ended early.
    enum End: String, Codable, Sendable {
        /// By an administrator: access tokens already issued work on until they expire.
        case revoked
        /// By an administrator, access tokens and role credentials included.
        case revokedHard
        /// By `aws sso logout`.
        case loggedOut
    }

    /// Whether refresh tokens work, and approving would reuse it.
    func isLive(at now: Date) -> Bool { ended == nil && now < endsAt }
}

extension IdentityCenter {
    /// The session in the user's browser, if it is still good.
    func liveSession(at now: Date) -> PortalSession? {
        portalSessions.last { $0.isLive(at: now) }
    }

    /// What approving leads to: the running session as it is, *not* extended, else a new one.
    mutating func sessionForApproval(at now: Date) -> PortalSession {
        if let live = liveSession(at: now) { return live }
        let session = PortalSession(
            id: mint.id("ps"), beganAt: now, endsAt: now.addingTimeInterval(settings.portalSession.seconds))
        portalSessions.append(session)
        return session
    }

    /// Ends the running session; `hard` also kills the access tokens it issued and the role credentials got by them.
    /// Returns the IDs of those that ended.
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

    /// Portal `POST /logout`: ends the session the token belongs to.
    mutating func logOut(_ token: AccessToken) {
        guard let index = portalSessions.firstIndex(where: { $0.id == token.session }) else { return }
        portalSessions[index].ended = .loggedOut
    }
}
