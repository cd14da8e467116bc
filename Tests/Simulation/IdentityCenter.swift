import FoundationEssentials
import SessionHealth

/// What AWS keeps of one person's session, on a clock that nobody sets: seconds since the simulation began.
struct IdentityCenter {
    var isReachable = true
    var portalLength: TimeInterval
    var accessLength: TimeInterval = 3600
    var legacyLength: TimeInterval = 8 * 3600
    var registrationLength: TimeInterval = 90 * 86400
    private(set) var portalEnd: TimeInterval = 0
    private var registrationEnd: TimeInterval = 0
    private var issued = 0

    init(portalLength: TimeInterval) { self.portalLength = portalLength }

    func isRunning(at time: TimeInterval) -> Bool { time < portalEnd }

    /// The portal session that runs is used again; only a new one moves the end.
    mutating func signIn(isLegacy: Bool, at time: TimeInterval, wall: Date) -> TokenClocks {
        if !isRunning(at: time) { portalEnd = time + portalLength }
        if time > registrationEnd - 900 { registrationEnd = time + registrationLength }
        return isLegacy
            ? token(for: min(legacyLength, portalEnd - time), isLegacy: true, at: time, wall: wall)
            : token(for: accessLength, isLegacy: false, at: time, wall: wall)
    }

    mutating func refresh(at time: TimeInterval, wall: Date) -> Result<TokenClocks, RefreshRefusal> {
        guard isReachable else { return .failure(.init(outcome: .offline(reason: "no route"))) }
        guard isRunning(at: time) else { return .failure(.init(outcome: .sessionEnded(error: "invalid_grant"))) }
        guard time < registrationEnd else {
            return .failure(.init(outcome: .registrationRefused(error: "invalid_client")))
        }
        return .success(token(for: accessLength, isLegacy: false, at: time, wall: wall))
    }

    /// As a client writes it: dates by the machine's clock, except the registration's, which the service gave whole.
    private mutating func token(
        for length: TimeInterval, isLegacy: Bool, at time: TimeInterval, wall: Date
    ) -> TokenClocks {
        issued += 1
        return TokenClocks(
            expiresAt: wall + length.rounded(.down), registrationExpiresAt: World.start + registrationEnd,
            hasRefreshToken: !isLegacy, hasClient: true, writtenAt: wall, fingerprint: "token \(issued)")
    }
}

struct RefreshRefusal: Error {
    var outcome: RefreshOutcome
}
