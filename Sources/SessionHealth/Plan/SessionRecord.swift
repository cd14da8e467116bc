import FoundationEssentials

/// What is remembered about one session across restarts, in `state.json`. No secrets.
package struct SessionRecord: Codable, Equatable, Sendable {
    package struct Attempt: Codable, Equatable, Sendable {
        package var at: Date
        /// `ok`, or a keyword for what went wrong.
        package var result: String

        package init(at: Date, result: String) {
            self.at = at
            self.result = result
        }
    }

    /// A refusal of the service, valid for one token only.
    package struct Refusal: Codable, Equatable, Sendable {
        /// `TokenClocks.fingerprint` of the token that was refused.
        package var fingerprint: String
        package var outcome: RefreshOutcome
        package var at: Date

        package init(fingerprint: String, outcome: RefreshOutcome, at: Date) {
            self.fingerprint = fingerprint
            self.outcome = outcome
            self.at = at
        }
    }

    /// When a person last signed in, if that was observed.
    package var signedInAt: Date?
    package var lastRefresh: Attempt?
    package var lastSignIn: Attempt?
    @IfReadable package var refusal: Refusal?
    /// How many sign-ins in a row failed. An automatic one counts from its start, so that a crash loses nothing; a
    /// success sets it to 0, and a sign-in by hand starts again.
    package var failedSignIns = 0
    /// The expiry of the legacy token whose early sign-in has already been used.
    package var earlySignInFor: Date?
    /// How long past sessions lasted, in seconds, newest last.
    package var lifetimes: [TimeInterval] = []

    /// The need that `notify` has told of: the fingerprint of the token that had ended. It tells of each once.
    package var toldOf: String?

    /// The `aws login` that was seen to begin.
    package var login: Login?

    package struct Login: Codable, Equatable, Sendable {
        /// `TokenClocks.login`.
        package var fingerprint: String
        package var at: Date

        package init(fingerprint: String, at: Date) {
            self.fingerprint = fingerprint
            self.at = at
        }
    }

    package init() {}

    /// The median of how long this session lasts, in seconds; learned, so an estimate.
    package var usualLifetime: TimeInterval? {
        // state.json may be damaged: no session lasts 30 years, and larger values would overflow Int.
        let plausible = lifetimes.filter { $0 > 0 && $0 < 1e9 }.sorted()
        return plausible.isEmpty ? nil : plausible[plausible.count / 2]
    }

    /// Records that the session ended now, and how long it lasted if its start is known.
    package mutating func learnEnd(at now: Date) {
        guard let signedInAt, now > signedInAt else { return }
        lifetimes = (lifetimes + [now.timeIntervalSince(signedInAt)]).suffix(10)
        self.signedInAt = nil
    }

    /// Far more than the cooldowns tell apart.
    private static let mostFailures = 1000

    mutating func bound() { failedSignIns = min(max(0, failedSignIns), SessionRecord.mostFailures) }

    /// Of two that changed, what happened last.
    func merged(with other: SessionRecord) -> SessionRecord {
        func isLater(_ theirs: Attempt?, _ ours: Attempt?) -> Bool {
            theirs.map { their in ours.map { their.at > $0.at } ?? true } ?? false
        }
        var merged = isLater(other.lastSignIn, lastSignIn) ? other : self
        merged.lastRefresh = isLater(other.lastRefresh, lastRefresh) ? other.lastRefresh : lastRefresh
        merged.lifetimes = other.lifetimes.count > lifetimes.count ? other.lifetimes : lifetimes
        return merged.completed(by: self).completed(by: other)
    }

    /// With what an earlier version does not write. Each tells of one token or login, and so never of the next one; but
    /// a `toldOf` that was forgotten comes back, until the next step at which the session is well forgets it again.
    func completed(by other: SessionRecord?) -> SessionRecord {
        var completed = self
        completed.toldOf = toldOf ?? other?.toldOf
        completed.login = login ?? other?.login
        return completed
    }
}
