import FoundationEssentials

/// A session that will end when nobody is there, and that somebody can replace now: by signing in anew, as
/// `bedrock-agent cover` does.
package struct RenewalOffer: Equatable, Sendable {
    /// When the session began; it tells one from the next.
    package var beganAt: Date
    /// When it ends at the earliest, as past ones did.
    package var endsAt: Date
    /// When one that begins in this hour ends, as past ones did; about.
    package var newEndsAt: Date
    /// How long a new one lasts at least, in seconds.
    package var lifetime: TimeInterval

    /// Seconds that a new session must last longer, to be worth a sign-in.
    static let leastGain: TimeInterval = 3600
}

extension RenewalOffer {
    /// The command that signs in anew, for a session that is to last as long as it can.
    package func command(for profile: String) -> String {
        "bedrock-agent cover \(max(1, Int(lifetime / 3600)))h --profile \(ShellWords.quoted(profile))"
    }
}

extension SessionDecision {
    /// Offers it as late as somebody is usually there, so that the new session reaches as far as it can.
    func offerRenewal(in plan: inout SessionPlan) {
        let record = session.record
        guard policy.coverAhead > 0, let beganAt = record.signedInAt, !record.lifetimes.isEmpty,
            facts.attendance.isKnown(at: now.wall)
        else { return }
        let coverage = Coverage(of: session, at: now.wall)
        guard let token = session.token.clocks, token.hasRefreshToken,
            let registrationEnd = token.registrationExpiresAt,
            // A new sign-in does not move the registration's end.
            let end = coverage.earliest, let lifetime = coverage.learned, end > now.wall, end < registrationEnd,
            !facts.attendance.isUsual(end, at: now.wall)
        else { return }
        let offerAt = max(
            end - policy.coverAhead, end + RenewalOffer.leastGain - lifetime, lastUsualHour(before: end) ?? now.wall)
        if now.wall >= offerAt {
            plan.renewal = RenewalOffer(
                beganAt: beganAt, endsAt: end, newEndsAt: Attendance.beginning(of: now.wall) + lifetime,
                lifetime: lifetime)
        } else if offerAt < end {
            plan.wake.sooner(Wake(wall: offerAt))
        }
    }

    /// The beginning of the last hour from now on in which somebody is usually there; nil if there is none.
    private func lastUsualHour(before end: Date) -> Date? {
        let first = Attendance.beginning(of: now.wall)
        // The hours repeat after a day.
        var hour = Attendance.beginning(of: end)
        for _ in 0..<24 where hour > first {
            if facts.attendance.isUsual(hour, at: now.wall) { return hour }
            hour -= 3600
        }
        return nil
    }
}
