/// The entries of one user that are yet to be told. They come in any order, and some twice: a machine has several files
/// where its address changes, and uploads again what it has uploaded where it forgets how far it was.
struct FleetHistory: Sendable {
    private var events: [FleetEvent] = []
    /// Those of before what is counted.
    private var old: [FleetEvent] = []
    private var boots: [ID128] = []
    private var words: [String] = []
    /// With so many old ones, those are left out that no longer matter.
    private var mostOld = FleetHistory.leastOld

    // More than one agent can have. Who exceeds it spoils their own figures.
    private static let mostEvents = 100_000
    private static let mostBoots = 4096
    private static let mostWords = 200
    private static let mostAtOnce = 64
    private static let leastOld = 64

    /// - Returns: false if this user has too many.
    mutating func add(_ entry: FleetEntry, _ times: FleetTimes) -> Bool {
        guard events.count + old.count < Self.mostEvents, let boot = place(ofBoot: entry.boot) else { return false }
        let signIn = entry.signIn
        let event = FleetEvent(
            uptime: entry.uptime, at: entry.at, expiresAt: entry.time(.expiresAt),
            conditionSince: entry.time(.conditionSince), boot: boot, id: entry.id,
            session: place(of: entry[.session]),
            profile: place(of: entry[.profile]), version: place(of: entry[.version]),
            refusal: place(of: entry[.refusal]),
            kind: entry[.kind].flatMap(SSOSession.Kind.init), condition: entry[.condition].flatMap(Condition.init),
            isSomebodyThere: entry[.presence].map { $0 == Presence.present.word }, signInCause: signIn?.cause,
            signInHelped: signIn?.helped ?? false)
        if times.isOld(entry.at) {
            old.append(event)
            if old.count > mostOld { forgetOld(times) }
        } else {
            events.append(event)
        }
        return true
    }

    private mutating func place(ofBoot boot: ID128) -> UInt16? {
        if let known = boots.lastIndex(of: boot) { return UInt16(known) }
        guard boots.count < Self.mostBoots else { return nil }
        boots.append(boot)
        return UInt16(boots.count - 1)
    }

    func boot(_ event: FleetEvent) -> ID128 { boots[Int(event.boot)] }

    func word(_ place: FleetEvent.Word) -> String? { place == FleetEvent.none ? nil : words[Int(place)] }

    private mutating func place(of text: String?) -> FleetEvent.Word {
        guard let text else { return FleetEvent.none }
        if let known = words.firstIndex(of: text) { return FleetEvent.Word(known) }
        guard words.count < Self.mostWords else { return FleetEvent.none }
        words.append(text)
        return FleetEvent.Word(words.count - 1)
    }

    /// Hands over all that is there, each once, in its order: within a boot by the time since that, which no change of
    /// the clock moves; boots by when the first entry of each was written.
    ///
    /// Where the clock cannot have been right, the time is counted from an entry of that boot where it can.
    ///
    /// - Returns: also how many are not told, since there is no such entry of their boot.
    mutating func takeAll(_ times: FleetTimes) -> (events: [FleetEvent], undated: Int) {
        let once = ordered(old + events, times)
        (events, old) = ([], [])
        let dated = corrected(once, times)
        return (dated, once.count - dated.count)
    }

    private func ordered(_ events: [FleetEvent], _ times: FleetTimes) -> [FleetEvent] {
        let begins = begins(events, times)
        let sorted = events.sorted { left, right in
            let (leftBegin, rightBegin) = (begins[Int(left.boot)], begins[Int(right.boot)])
            return (leftBegin, left.boot, left.uptime) < (rightBegin, right.boot, right.uptime)
        }
        var once: [FleetEvent] = []
        once.reserveCapacity(sorted.count)
        var start = 0
        for event in sorted {
            if let last = once.last, (last.boot, last.uptime) != (event.boot, event.uptime) { start = once.count }
            guard once.count - start < Self.mostAtOnce, !once[start...].contains(event) else { continue }
            once.append(event)
        }
        return once
    }

    /// When the first entry of each boot was written, by the clock as most entries of that boot have it: what it was
    /// ahead of the time since the boot is the median of theirs. (It grows with sleep, but never to beyond the last.)
    private func begins(_ events: [FleetEvent], _ times: FleetTimes) -> [Double] {
        var ahead = [[Double]](repeating: [], count: boots.count)
        var first = [UInt64](repeating: .max, count: boots.count)
        for event in events where times.canBe(event.at) {
            ahead[Int(event.boot)].append(event.at - Double(event.uptime) / 1_000_000)
            first[Int(event.boot)] = min(first[Int(event.boot)], event.uptime)
        }
        return zip(ahead, first).map { ahead, first in
            ahead.isEmpty ? -.infinity : ahead.sorted()[ahead.count / 2] + Double(first) / 1_000_000
        }
    }

    private func corrected(_ events: [FleetEvent], _ times: FleetTimes) -> [FleetEvent] {
        var corrected: [FleetEvent] = []
        corrected.reserveCapacity(events.count)
        var rest = events[...]
        while let boot = rest.first?.boot {
            let ofBoot = rest.prefix { $0.boot == boot }
            rest = rest.dropFirst(ofBoot.count)
            guard var known = ofBoot.first(where: { times.canBe($0.at) }) else { continue }
            for var event in ofBoot {
                if times.canBe(event.at) {
                    known = event
                } else {
                    event.at = known.at + (Double(event.uptime) - Double(known.uptime)) / 1_000_000
                }
                if !times.isAhead(event.at) { corrected.append(event) }
            }
        }
        return corrected
    }

    /// Of before what is counted, only how things were then matters: the last entry, and the last of each session, back
    /// to where all was told anew.
    private mutating func forgetOld(_ times: FleetTimes) {
        var kept: [FleetEvent] = []
        var told: Set<UInt16> = []
        var isAnyToldSince = false
        for event in ordered(old, times).reversed() {
            let key = UInt16(event.session) << 1 | (event.isOfACondition ? 1 : 0)
            let isLast = told.insert(event.id == .started ? .max : key).inserted
            if isLast || event.id == .noSession { kept.append(event) }
            if event.id == .noSession || event.id == .started && isAnyToldSince { break }
            if event.isOfACondition { isAnyToldSince = true }
        }
        old = kept.reversed()
        mostOld = max(Self.leastOld, 2 * old.count)
    }
}
