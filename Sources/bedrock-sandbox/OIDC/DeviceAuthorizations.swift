import Foundation

/// The user's decision about a request.
enum Decision: Sendable, Equatable {
    /// Not answered yet.
    case waiting
    /// Allowed, in the portal session with this short ID; no token has been issued yet.
    case allowed(session: String)
    /// The user chose Deny.
    case denied
    /// A token was issued, so the code is used up.
    case redeemed

    /// For `GET /sandbox/state`.
    var name: String {
        switch self {
        case .waiting: "waiting"
        case .allowed: "allowed"
        case .denied: "denied"
        case .redeemed: "redeemed"
        }
    }
}

/// A device code and its state.
struct DeviceAuthorization: Sendable {
    /// Short ID: `da-1`.
    let id: String
    /// Secret: what the client polls with.
    let deviceCode: String
    /// The code that the user sees and compares.
    let userCode: String
    let clientID: String
    let expiresAt: Date
    var decision = Decision.waiting
    /// How often it was polled before an answer.
    var polls = 0
    var lastPoll: Date?
}

/// The input of StartDeviceAuthorization.
struct DeviceAuthorizationRequest: Decodable {
    var clientId: String?
    var clientSecret: String?
    var startUrl: String?
}

extension IdentityCenter {
    /// StartDeviceAuthorization: a new code, valid for `settings.deviceCode`.
    mutating func startDeviceAuthorization(
        _ request: DeviceAuthorizationRequest, now: Date, trace: inout Trace
    ) throws(Refusal) -> DeviceAuthorization {
        let client = try client(id: request.clientId, secret: request.clientSecret, now: now, trace: &trace)
        guard let startURL = request.startUrl, !startURL.isEmpty else { throw .invalidRequest("startUrl is required") }
        guard Self.isWebAddress(startURL) else { throw .invalidRequest("startUrl is not valid") }
        guard client.grants.contains(.deviceCode) else { throw .unauthorizedClient }
        let authorization = DeviceAuthorization(
            id: mint.id("da"), deviceCode: mint.secret(), userCode: mint.userCode(), clientID: client.clientID,
            expiresAt: now.addingTimeInterval(settings.deviceCode.seconds))
        deviceAuthorizations.append(authorization)
        trace.issued.append(authorization.id)
        return authorization
    }

    /// The authorization with this user code, ignoring case and separators; nil if there is none or it has expired.
    func deviceAuthorization(userCode: String, now: Date) -> DeviceAuthorization? {
        let typed = userCode.uppercased().filter(\.isLetter)
        return deviceAuthorizations.last { $0.userCode.filter(\.isLetter) == typed && now < $0.expiresAt }
    }

    /// Records the user's decision. False if no such code is pending.
    mutating func decide(userCode: String, allow: Bool, now: Date, trace: inout Trace) -> Bool {
        guard let waiting = deviceAuthorization(userCode: userCode, now: now), waiting.decision == .waiting,
            let index = deviceAuthorizations.firstIndex(where: { $0.id == waiting.id })
        else { return false }
        trace.used.append(waiting.id)
        if allow {
            let session = sessionForApproval(at: now)
            trace.issued.append(session.id)
            deviceAuthorizations[index].decision = .allowed(session: session.id)
        } else {
            deviceAuthorizations[index].decision = .denied
        }
        return true
    }

    /// One poll with a device code: the portal session it was allowed in, or an error (perhaps: not yet).
    mutating func redeem(
        deviceCode: String, client: Client, now: Date, trace: inout Trace
    ) throws(Refusal) -> PortalSession {
        guard
            let index = deviceAuthorizations.firstIndex(where: {
                $0.deviceCode == deviceCode && $0.clientID == client.clientID
            })
        else { throw .invalidGrant("Invalid device code provided") }
        trace.used.append(deviceAuthorizations[index].id)
        guard now < deviceAuthorizations[index].expiresAt else { throw .expired }
        switch deviceAuthorizations[index].decision {
        case .denied: throw .denied
        case .redeemed: throw .invalidGrant("Invalid device code provided")
        case .waiting: throw pollAnswer(at: index, now: now)
        case .allowed(let session):
            deviceAuthorizations[index].decision = .redeemed
            guard let session = portalSessions.first(where: { $0.id == session }), session.isLive(at: now) else {
                throw .invalidGrant("Invalid device code provided")
            }
            return session
        }
    }

    /// `slow_down` for a poll that came too early. The AWS CLI sends its first two polls in quick succession
    /// (botocore's `SSOTokenFetcher._poll_for_token`), so the second poll of a code is never too early.
    private mutating func pollAnswer(at index: Int, now: Date) -> Refusal {
        let last = deviceAuthorizations[index].lastPoll
        deviceAuthorizations[index].lastPoll = now
        deviceAuthorizations[index].polls += 1
        guard let last, deviceAuthorizations[index].polls > 2 else { return .pending }
        return now.timeIntervalSince(last) < settings.deviceInterval.seconds ? .slowDown : .pending
    }
}
