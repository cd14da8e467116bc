import FoundationEssentials
import SessionHealth
import Testing

/// An `aws login`, which others renew: only its end matters.
@Suite struct LoginPlanTests {
    private static let end = 12 * hour
    private static let warnAt = end - 15 * minute

    /// Its credentials end at this second; it was seen to begin at `signedIn`.
    static func login(until seconds: TimeInterval, written: TimeInterval = 0, isSeen: Bool = true) -> Facts {
        .corp.changed {
            $0.session.session = SSOSession(login: "arn", region: "us-west-2", cache: "/cache")
            $0.session.command = .approved("aws login --profile console")
            $0.session.token = .found(
                TokenClocks(
                    expiresAt: signedIn + seconds, registrationExpiresAt: nil, hasRefreshToken: false,
                    hasClient: false, writtenAt: signedIn + written, fingerprint: "t", login: "first"))
            $0.session.registration = .absent
            if isSeen { $0.session.record.login = .init(fingerprint: "first", at: signedIn) }
        }
    }

    @Test(arguments: [
        Row("fresh", login(until: 900), at: 0, .nothing, .healthy, next: end, wake: wall(warnAt)),
        Row("not used for an hour", login(until: 900), at: hour, .nothing, .healthy, next: end, wake: wall(warnAt)),
        Row(
            "about to end, just renewed", login(until: end, written: warnAt), at: warnAt, .nothing, .expiring,
            next: end, wake: wall(end), ["sign-in-soon"]),
        Row(
            "over, just renewed", login(until: end + 600, written: end - 300), at: end, .signIn, .signInNeeded,
            ["sign-in-needed"]),
        Row(
            "began unseen", login(until: hour, written: hour, isSeen: false), at: end, .nothing, .healthy,
            next: end + hour, wake: wall(warnAt + hour)),
    ])
    func plans(row: Row) { row.check() }

    @Test func anotherLoginIsOneThatBeganBeforeOurEyes() {
        var session = Self.login(until: 900).session
        session.record.login = nil
        session.tokenWasRead = true
        guard case .found(var clocks) = session.token else { return }
        clocks.login = "second"
        clocks.fingerprint = "t2"
        clocks.writtenAt = signedIn + hour
        session.note(.found(clocks), at: signedIn + hour, signInIsOurs: false)
        #expect(session.record.login == .init(fingerprint: "second", at: signedIn + hour))
        #expect(session.record.signedInAt == signedIn + hour)
        // A renewal is none, nor is what is read again.
        clocks.fingerprint = "t3"
        clocks.writtenAt = signedIn + 2 * hour
        session.note(.found(clocks), at: signedIn + 2 * hour, signInIsOurs: false)
        #expect(session.record.login?.at == signedIn + hour)
    }
}
