import FoundationEssentials

/// How long a session lasts, as far as that is known.
///
/// Its access token, its client registration and a legacy token say when they end. How long the portal session lasts is only
/// learned: an administrator sets it, and no file or answer says it. Past sessions were found to be over by a refresh that was
/// refused, so up to one access token's life too late.
package struct Coverage: Equatable, Sendable {
    package enum Answer: Equatable, Sendable {
        case covered, notCovered, notKnown
    }

    /// It ends then at the earliest; nil where that is not known.
    package let earliest: Date?
    /// It ends then at the latest.
    package let latest: Date?
    /// What says so.
    package let reason: String
    /// Nobody is signed in.
    package let isOver: Bool
    /// How long a session lasts at least, in seconds: by the last one and the usual one, for an administrator may have
    /// changed that, or ended one early. Nil where none has been seen from its beginning to its end.
    package let learned: TimeInterval?
    private let signedInAt: Date?

    /// Seconds of an access token, where it does not say.
    private static let usualToken: TimeInterval = 3600

    package init(of session: SessionFacts, at now: Date) {
        let token = session.token.clocks
        let lifetimes = [session.record.usualLifetime, session.record.lifetimes.last].compactMap(\.self)
            .filter { $0 > 0 && $0 < 1e9 }
        let tokenLife = token.map { min(Coverage.usualToken, max(0, $0.expiresAt.timeIntervalSince($0.writtenAt))) }
        let least = lifetimes.min().map { max(0, $0 - (tokenLife ?? Coverage.usualToken)) }
        learned = least
        let begin = session.record.signedInAt
        signedInAt = begin
        let isRefused = token != nil && session.record.refusal?.fingerprint == token?.fingerprint
        guard let token, !isRefused, token.isRefreshable(at: now) || token.expiresAt > now else {
            (isOver, earliest, latest, reason) = (true, nil, nil, "nobody is signed in")
            return
        }
        isOver = false
        guard token.isRefreshable(at: now), let registrationEnd = token.registrationExpiresAt else {
            (earliest, latest, reason) = (token.expiresAt, token.expiresAt, "its token cannot be refreshed")
            return
        }
        let first = begin.flatMap { begin in least.map { max(now, begin + $0) } }
        let last = begin.flatMap { begin in lifetimes.max().map { max(now, begin + $0) } }
        if let first, let last, first < registrationEnd {
            (earliest, latest, reason) = (first, min(last, registrationEnd), "as past sessions did")
        } else {
            earliest = first == nil ? nil : registrationEnd
            (latest, reason) = (registrationEnd, "its client registration ends then")
        }
    }

    /// Whether it lasts until then. "May be" is no.
    package func answer(until wanted: Date) -> Answer {
        if isOver { return .notCovered }
        if let earliest, wanted <= earliest { return .covered }
        if let latest, wanted > latest { return .notCovered }
        return earliest == nil ? .notKnown : .notCovered
    }

    /// In one sentence.
    /// - Parameter local: local time of day, with the day where it is not today's.
    package func sentence(for name: String, until wanted: Date, local: (Date) -> String) -> String {
        if isOver { return "\(name) needs a sign-in now" }
        let until = local(wanted)
        switch answer(until: wanted) {
        case .notKnown:
            let since = signedInAt.map { "; it began at \(local($0))" } ?? ""
            let why =
                learned == nil ? "no session of \(name) has been seen from beginning to end" : "nobody saw it begin"
            return "it is not known whether \(name) lasts until \(until): \(why)\(since)"
        case .covered: return "\(name) lasts until \(until): it ends \(when(local)) (\(reason))"
        case .notCovered:
            let isSure = latest.map { wanted > $0 } ?? false
            return "\(name) \(isSure ? "does" : "may") not last until \(until): it ends \(when(local)) (\(reason))"
        }
    }

    private func when(_ local: (Date) -> String) -> String {
        guard let latest else { return "at a time that is not known" }
        guard let earliest else { return "at \(local(latest)) at the latest" }
        return latest.timeIntervalSince(earliest) < 60
            ? "at \(local(earliest))" : "between \(local(earliest)) and \(local(latest))"
    }
}
