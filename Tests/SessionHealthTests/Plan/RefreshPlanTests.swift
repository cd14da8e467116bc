import FoundationEssentials
import SessionHealth
import Testing

/// The automatic refresh: when it is due, and what follows from its failures.
@Suite struct RefreshPlanTests {
    @Test(arguments: [
        Row("just signed in", .corp, at: 0, .nothing, .healthy, next: 2400, wake: wall(2400)),
        Row("a second before due", .corp, at: 2399, .nothing, .healthy, next: 2400, wake: wall(2400)),
        Row("exactly due", .corp, at: 2400, .refresh, .healthy),
        Row("a second after", .corp, at: 2401, .refresh, .healthy),
        Row("expired", .corp, at: 5 * hour, .refresh, .refreshing),
        Row(
            "all the jitter is a minute earlier", .corp.changed { $0.session.jitter = 1 }, at: 2339, .nothing, .healthy,
            next: 2340, wake: wall(2340)),
        Row("and due then", .corp.changed { $0.session.jitter = 1 }, at: 2340, .refresh, .healthy),
        Row(
            "another lead", .corp.changed { $0.policy.refreshAhead = 10 * minute }, at: 2400, .nothing, .healthy,
            next: 3000, wake: wall(3000)),
        Row(
            "a token for 10 minutes waits for 5",
            .corp.changed { $0.session.token = .found(.hour(for: 600)) }, at: 299, .nothing, .healthy, next: 300,
            wake: wall(300)),
        Row(
            "a token for 10 minutes, half over", .corp.changed { $0.session.token = .found(.hour(for: 600)) },
            at: 300, .refresh, .healthy),
        Row(
            "a token for 40 minutes is the last short one",
            .corp.changed { $0.session.token = .found(.hour(for: 2400)) }, at: 1200, .refresh, .healthy),
        Row(
            "a file dated after its token's end still has the whole lead",
            .corp.changed { $0.session.token = .found(TokenClocks.hour().writtenAt(4000)) }, at: 2400, .refresh,
            .healthy),
        Row(
            "a file dated at its token's end, too",
            .corp.changed { $0.session.token = .found(TokenClocks.hour().writtenAt(3600)) }, at: 2399, .nothing,
            .healthy, next: 2400, wake: wall(2400)),
        Row("one is under way", .corp.changed { $0.session.isRefreshing = true }, at: 2400, .nothing, .refreshing),
        Row("asked for", .corp.changed { $0.session.refreshIsAsked = true }, at: 10, .refresh, .healthy),
        Row(
            "asked for, under way",
            .corp.changed {
                $0.session.refreshIsAsked = true
                $0.session.isRefreshing = true
            }, at: 10, .nothing, .refreshing),
        Row("nobody there", .corp.changed { $0.presence = .away }, at: 2400, .refresh, .healthy),
        Row("no display", .corp.changed { $0.presence = .noDisplay }, at: 2400, .refresh, .healthy),
        Row("signIn never", .corp.changed { $0.policy.signIn = .never }, at: 2400, .refresh, .healthy),
    ])
    func due(_ row: Row) { row.check() }

    private static func offline(_ failures: Int, spread: Double = 0) -> Facts {
        .corp.changed { $0.session.tried(.offline(reason: "DNS"), at: 2500, failures: failures, spread: spread) }
    }

    private static func wait(_ name: String, _ facts: Facts, at seconds: TimeInterval, next: TimeInterval) -> Row {
        Row(name, facts, at: seconds, .nothing, .offline, next: next, wake: boot(next), ["offline"])
    }

    @Test(arguments: [
        wait("the first waits 30 s", offline(1), at: 2529, next: 2530),
        Row("and no longer", offline(1), at: 2530, .refresh, .offline, ["offline"]),
        wait("the second 60 s", offline(2), at: 2500, next: 2560),
        wait("the third 2 min", offline(3), at: 2500, next: 2620),
        wait("the fourth 4 min", offline(4), at: 2500, next: 2740),
        wait("the fifth 8 min", offline(5), at: 2500, next: 2980),
        wait("the sixth 10 min, which is most", offline(6), at: 2500, next: 3100),
        wait("the hundredth too, the token being dead", offline(100), at: 3099, next: 3100),
        wait("20 % sooner", offline(1, spread: -1), at: 2500, next: 2524),
        wait("20 % later", offline(1, spread: 1), at: 2500, next: 2536),
        wait("20 % later than the longest", offline(9, spread: 1), at: 2500, next: 3220),
        Row(
            "the network returned", offline(6).changed { $0.retryHint = bootThen + 2520 }, at: 2520, .refresh, .offline,
            ["offline"]),
        Row(
            "the network returned while a try was under way",
            offline(6).changed {
                $0.session.lastTry?.startedAt = bootThen + 2470
                $0.retryHint = bootThen + 2480
            }, at: 2500, .nothing, .offline, next: 2505, wake: boot(2505), ["offline"]),
        Row(
            "and a moment after it",
            offline(6).changed {
                $0.session.lastTry?.startedAt = bootThen + 2470
                $0.retryHint = bootThen + 2480
            }, at: 2505, .refresh, .offline, ["offline"]),
        wait(
            "the network returned before that try",
            offline(6).changed { $0.retryHint = bootThen + 2499 }, at: 2500, next: 3100),
        Row(
            "another tool refreshed",
            offline(6).changed { $0.session.token = .found(.hour(from: 2600, "t2")) }, at: 2600, .nothing, .healthy,
            next: 5000, wake: wall(5000)),
        Row(
            "a try that was asked for goes on, although nothing is due",
            .corp.changed { $0.session.tried(.offline(reason: "DNS"), at: 100) }, at: 100, .nothing, .offline,
            next: 130, wake: boot(130), ["offline"]),
        Row(
            "under way again", offline(2).changed { $0.session.isRefreshing = true }, at: 2560, .nothing, .offline,
            ["offline"]),
        Row(
            "a folder that cannot be written",
            .corp.changed { $0.session.tried(.failed(reason: "read-only"), at: 2400) }, at: 2400, .nothing,
            .misconfigured, next: 2430, wake: boot(2430), ["refresh-failed"]),
        Row(
            "and tried again", .corp.changed { $0.session.tried(.failed(reason: "read-only"), at: 2400) }, at: 2430,
            .refresh, .misconfigured, ["refresh-failed"]),
    ])
    func failures(_ row: Row) { row.check() }

    /// A token that is due for a refresh as soon as it arrives, and expires ten seconds later.
    private static let poor = Facts.corp.changed {
        $0.session.token = .found(.hour(from: 2400, for: 10, "t2"))
        $0.session.tried(.refreshed(expiresAt: signedIn + 2410), at: 2400)
    }

    @Test(arguments: [
        Row("a minute passes between two", poor, at: 2459, .nothing, .refreshing, next: 2460, wake: boot(2460)),
        Row("and then the next", poor, at: 2460, .refresh, .refreshing),
        Row(
            "the network is no reason to hurry", poor.changed { $0.retryHint = bootThen + 2410 }, at: 2420, .nothing,
            .refreshing, next: 2460, wake: boot(2460)),
        // As after a night for which the machine slept in the middle of a refresh.
        Row(
            "a kept token that was adopted when it had expired",
            .corp.changed { $0.session.tried(.adopted(expiresAt: signedIn + hour), at: 5 * hour, token: "t0") },
            at: 5 * hour, .nothing, .refreshing, next: 5 * hour + 60, wake: boot(5 * hour + 60)),
    ])
    func interval(_ row: Row) { row.check() }

    private static let refreshed = Facts.corp.changed {
        $0.session.token = .found(.hour(from: 2400, "t2"))
        $0.session.tried(.refreshed(expiresAt: signedIn + 6000), at: 2400)
    }

    @Test(arguments: [
        Row("set forward past due", refreshed, at: Moment(wall: signedIn + 5000, boot: 8000), .refresh, .healthy),
        Row(
            "set back by a minute", refreshed, at: Moment(wall: signedIn + 2440, boot: bootThen + 2500), .nothing,
            .healthy, next: 4800, wake: wall(4800)),
        Row(
            "set back by five hours: the token's end is not where its date says", refreshed,
            at: Moment(wall: signedIn + 2500 - 5 * hour, boot: bootThen + 2500), .refresh, .healthy),
        Row(
            "set back by what has passed since", refreshed, at: Moment(wall: signedIn + 2401, boot: bootThen + 2500),
            .refresh, .healthy),
        Row(
            "set back, at once after a refresh", refreshed,
            at: Moment(wall: signedIn + 2410 - hour, boot: bootThen + 2410), .nothing, .healthy, next: 2460 - hour,
            wake: boot(2460)),
    ])
    func clock(_ row: Row) { row.check() }

}

extension TokenClocks {
    fileprivate func writtenAt(_ seconds: TimeInterval) -> TokenClocks {
        var clocks = self
        clocks.writtenAt = signedIn + seconds
        return clocks
    }
}
