import Foundation

/// The service's state for `GET /sandbox/state`: short IDs and times, no token values.
struct State: Encodable {
    /// A portal session.
    struct Session: Encodable {
        let id: String
        let beganAt: String
        let endsAt: String
        let live: Bool
        let ended: PortalSession.End?
    }

    /// A client registration.
    struct Registration: Encodable {
        let id: String
        let name: String
        let scopes: [String]
        let expiresAt: String
    }

    /// A device code (`da-`) or an authorization code (`ac-`).
    struct Waiting: Encodable {
        let id: String
        let userCode: String?
        let decision: String
        let expiresAt: String
    }

    /// An access token or a refresh token.
    struct Token: Encodable {
        let id: String
        let session: String
        let usable: Bool
        let expiresAt: String?
        let replacedBy: String?
    }

    let settings: Settings
    let faults: [Fault]
    let clients: [Registration]
    let signIns: [Waiting]
    let portalSessions: [Session]
    let accessTokens: [Token]
    let refreshTokens: [Token]
    /// Short IDs.
    let roleCredentials: [String]
}

extension Sandbox {
    /// The current state.
    func state(at now: Date) -> State {
        let live = Set(center.portalSessions.filter { $0.isLive(at: now) }.map(\.id))
        return State(
            settings: center.settings, faults: faults.waiting,
            clients: center.clients.map {
                .init(id: $0.id, name: $0.name, scopes: $0.scopes, expiresAt: Record.stamp($0.expiresAt))
            },
            signIns: center.deviceAuthorizations.map {
                .init(
                    id: $0.id, userCode: $0.userCode, decision: $0.decision.name, expiresAt: Record.stamp($0.expiresAt))
            }
                + center.signInRequests.map {
                    .init(
                        id: $0.id, userCode: nil, decision: $0.decision.name, expiresAt: Record.stamp($0.expiresAt))
                },
            portalSessions: center.portalSessions.map {
                .init(
                    id: $0.id, beganAt: Record.stamp($0.beganAt), endsAt: Record.stamp($0.endsAt),
                    live: $0.isLive(at: now), ended: $0.ended)
            },
            accessTokens: center.accessTokens.map {
                .init(
                    id: $0.id, session: $0.session, usable: center.isUsable($0, now: now),
                    expiresAt: Record.stamp($0.expiresAt), replacedBy: nil)
            },
            refreshTokens: center.refreshTokens.map {
                .init(
                    id: $0.id, session: $0.session, usable: $0.replacedBy == nil && live.contains($0.session),
                    expiresAt: nil, replacedBy: $0.replacedBy)
            },
            roleCredentials: center.roleCredentials.map(\.id))
    }
}
