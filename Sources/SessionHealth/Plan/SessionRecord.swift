import FoundationEssentials

/// What is remembered of one session across restarts, in `state.json`. No secrets.
package struct SessionRecord: Codable, Equatable, Sendable {
    package struct Attempt: Codable, Equatable, Sendable {
        package var at: Date
        /// `ok`, or a word for what went wrong.
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

    /// When a person last signed in, where that was seen.
    package var signedInAt: Date?
    package var lastRefresh: Attempt?
    package var lastSignIn: Attempt?
    package var refusal: Refusal?
    /// How many sign-ins in a row failed. An automatic one counts from its start, so that a crash meanwhile forgets
    /// nothing; one that worked sets it to 0, and one by hand begins anew.
    package var failedSignIns = 0
    /// The end of a legacy token for which the early sign-in was already spent.
    package var earlySignInFor: Date?
    /// How long past sessions lasted, in seconds, newest last.
    package var lifetimes: [TimeInterval] = []

    package init() {}

    /// The median of how long this session lasts, in seconds; learned, so an estimate.
    package var usualLifetime: TimeInterval? {
        // state.json may be damaged: 30 years are no session, and what is larger still fits no Int.
        let plausible = lifetimes.filter { $0 > 0 && $0 < 1e9 }.sorted()
        return plausible.isEmpty ? nil : plausible[plausible.count / 2]
    }

    /// Notes that the session ended now, and learns how long it lasted where its start was seen.
    package mutating func learnEnd(at now: Date) {
        guard let signedInAt, now > signedInAt else { return }
        lifetimes = (lifetimes + [now.timeIntervalSince(signedInAt)]).suffix(10)
        self.signedInAt = nil
    }
}
