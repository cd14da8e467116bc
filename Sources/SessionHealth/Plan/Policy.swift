import FoundationEssentials

/// The durations and limits that the plan works with. All durations are seconds.
package struct Policy: Equatable, Sendable {
    /// When the agent may start a sign-in.
    package enum SignIn: String, Codable, CaseIterable, Sendable {
        /// Automatically, when a person is present.
        case auto
        /// Never automatically: says that one is needed, and waits to be asked.
        case ask
        /// Never: sign-ins are only started by hand.
        case never
    }

    package var signIn = SignIn.auto
    /// How long before an access token's expiry it is refreshed. The AWS CLI starts at 15 minutes; we are earlier, so
    /// that no two programs use one refresh token at the same moment.
    package var refreshAhead: TimeInterval = 20 * 60
    /// How long before a legacy token expires its sign-in runs.
    package var legacyAhead: TimeInterval = 15 * 60
    /// How long a sign-in may take. Claude Code silently kills its own after 180 s.
    package var signInTimeout: TimeInterval = 165
    /// How long before a session's learned end, which nobody will be there for, it is offered to sign in anew; 0 never.
    package var coverAhead: TimeInterval = 12 * 3600

    /// How long automatic sign-ins pause after the first, second and every further failure.
    package var cooldowns: [TimeInterval] = [15 * 60, 3600, 4 * 3600]
    /// How many automatic sign-ins a host may start in `budgetWindow`.
    package var budget = 6
    package var budgetWindow: TimeInterval = 24 * 3600
    /// How long a damaged token file may just be a write in progress.
    package var tornPatience: TimeInterval = 5

    package init() {}

    /// The maximum jitter of a refresh, so that many machines do not refresh in the same second.
    package var jitterMost: TimeInterval { refreshAhead / 20 }
    package var retryFirst: TimeInterval { max(refreshAhead / 40, Policy.shortestPause) }
    package var retryMost: TimeInterval { max(refreshAhead / 2, Policy.shortestPause) }
    /// How often files that cannot be watched are read.
    package var unwatchedInterval: TimeInterval { retryFirst }
    /// The minimum time between a failed try and a retry because the network returned, which may come and go all the
    /// time.
    package var hintPause: TimeInterval { retryFirst / 6 }
    /// The minimum time between two successful refreshes; botocore uses 60 s, too.
    package var refreshInterval: TimeInterval { max(refreshAhead / 20, Policy.shortestPause) }
    /// A lower limit for every pause, whatever `refreshAhead` is set to.
    private static let shortestPause: TimeInterval = 0.5
    /// How far two expiries may differ and still be the same: `expiresIn` is in whole seconds from a moving now.
    package var expiryTolerance: TimeInterval { legacyAhead / 15 }
    /// How long after a legacy token's written expiry its portal session has certainly ended: `expiresIn` and
    /// `expiresAt` are both whole seconds, and a sign-in just before the end only gets what is left of it.
    package var endMargin: TimeInterval = 2
    /// How soon a damaged token file is read again.
    package var tornRetry: TimeInterval { tornPatience / 5 }

    /// When a file that could not be read is read again: after `tornRetry`, then after twice as long, and so on, up to
    /// `retryMost`. All on the boot clock.
    package func nextReading(since: TimeInterval, at boot: TimeInterval) -> TimeInterval {
        var (pause, next) = (tornRetry, since + tornRetry)
        while next <= boot, pause < retryMost {
            pause = min(2 * pause, retryMost)
            next += pause
        }
        return next > boot ? next : next + ((boot - next) / pause).rounded(.down) * pause + pause
    }

    /// How long before a client registration expires there is a warning.
    package static let registrationWarnings: [TimeInterval] = [7 * 86400, 86400]
}
