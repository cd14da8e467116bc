import FoundationEssentials

/// The durations and limits that the plan works with. All durations are seconds.
package struct Policy: Equatable, Sendable {
    /// When the agent may start a sign-in.
    package enum SignIn: String, Codable, CaseIterable, Sendable {
        /// By itself, when a person is present.
        case auto
        /// Never by itself: it says that one is needed and waits to be asked.
        case ask
        /// Never, also not early: a sign-in is only ever started by hand.
        case never
    }

    package var signIn = SignIn.auto
    /// How long before an access token's expiry it is refreshed. The AWS CLI starts at 15 minutes; we are earlier, so
    /// that no two programs use one refresh token at the same moment.
    package var refreshAhead: TimeInterval = 20 * 60
    /// How long before a legacy token's end its sign-in runs.
    package var legacyAhead: TimeInterval = 15 * 60
    /// How long a sign-in may take. Claude Code ends its own at 180 s without a word.
    package var signInTimeout: TimeInterval = 165

    /// How long automatic sign-ins rest after the first, second and every further one that failed.
    package var cooldowns: [TimeInterval] = [15 * 60, 3600, 4 * 3600]
    /// How many automatic sign-ins a host may start in `budgetWindow`.
    package var budget = 6
    package var budgetWindow: TimeInterval = 24 * 3600
    /// How long a damaged token file may be somebody's write in progress.
    package var tornPatience: TimeInterval = 5

    package init() {}

    /// The most by which a refresh is moved earlier, so that many machines do not refresh in one second.
    package var jitterMost: TimeInterval { refreshAhead / 20 }
    package var retryFirst: TimeInterval { max(refreshAhead / 40, Policy.shortestPause) }
    package var retryMost: TimeInterval { max(refreshAhead / 2, Policy.shortestPause) }
    /// How often files that cannot be watched are read.
    package var unwatchedInterval: TimeInterval { retryFirst }
    /// The least time from a try that did not work to one because the network returned: it may come and go all the time.
    package var hintPause: TimeInterval { retryFirst / 6 }
    /// The least time between two refreshes that both worked; botocore keeps 60 s too.
    package var refreshInterval: TimeInterval { max(refreshAhead / 20, Policy.shortestPause) }
    /// Whatever `refreshAhead` is set to: no loop without a pause.
    private static let shortestPause: TimeInterval = 0.5
    /// How far apart two expiries may be and still be the same one: `expiresIn` is whole seconds from a moving now.
    package var expiryTolerance: TimeInterval { legacyAhead / 15 }
    /// How long after a legacy token's written end its portal session is over for certain: both `expiresIn` and
    /// `expiresAt` are whole seconds, and a sign-in just before the end only gets what is left of it.
    package var endMargin: TimeInterval = 2
    /// How soon a damaged token file is read again.
    package var tornRetry: TimeInterval { tornPatience / 5 }

    /// When a client registration's end becomes a warning, before it.
    package static let registrationWarnings: [TimeInterval] = [7 * 86400, 86400]
}
