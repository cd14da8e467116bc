/// The entries of one user that are yet to be told. They come in any order, and some twice: a machine has several files
/// where its address changes, and uploads again what it has uploaded where it forgets how far it was.
struct FleetHistory: Sendable {
    private var events: [FleetEvent] = []
    private var boots: [ID128] = []
    private var words: [String] = []
    /// Those of before what is counted.
    private var oldEvents = 0

    // More than one agent can have. Who exceeds it spoils their own figures.
    private static let mostEvents = 100_000
    private static let mostBoots = 4096
    private static let mostWords = 200
    private static let mostAtOnce = 64
    /// So many of before what is counted are kept, before those are left out that no longer matter.
    private static let mostOld = 64

    /// - Returns: false if this user has too many.
    mutating func add(_ entry: FleetEntry, _ times: FleetTimes) -> Bool {
        guard events.count < Self.mostEvents, let boot = place(ofBoot: entry.boot) else { return false }
        let signIn = entry.signIn
        events.append(
            FleetEvent(
                uptime: entry.uptime, at: entry.at, expiresAt: entry.time(.expiresAt),
                conditionSince: entry.time(.conditionSince), boot: boot, id: entry.id,
                session: place(of: entry[.session]),
                profile: place(of: entry[.profile]), version: place(of: entry[.version]),
                refusal: place(of: entry[.refusal]),
                kind: entry[.kind].flatMap(SSOSession.Kind.init), condition: entry[.condition].flatMap(Condition.init),
                isSomebodyThere: entry[.presence].map { $0 == Presence.present.word }, signInCause: signIn?.cause,
                signInHelped: signIn?.helped ?? false))
        if times.isOld(entry.at) { oldEvents += 1 }
        if oldEvents > Self.mostOld { forgetOld(times) }
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
    /// the clock moves; boots by what the clock said at their end, when it had most time to be set right.
    ///
    /// Where the clock cannot have been right, the time is counted from an entry of that boot where it can.
    ///
    /// - Returns: also how many are not told, since there is no such entry of their boot.
    mutating func takeAll(_ times: FleetTimes) -> (events: [FleetEvent], undated: Int) {
        let once = ordered(events, times)
        (events, oldEvents) = ([], 0)
        let dated = corrected(once, times)
        return (dated, once.count - dated.count)
    }

    private func ordered(_ events: [FleetEvent], _ times: FleetTimes) -> [FleetEvent] {
        var ends = [(uptime: UInt64, at: Double)](repeating: (0, -.infinity), count: boots.count)
        for event in events where times.canBe(event.at) && event.uptime >= ends[Int(event.boot)].uptime {
            ends[Int(event.boot)] = (event.uptime, event.at)
        }
        let sorted = events.sorted { left, right in
            let (leftEnd, rightEnd) = (ends[Int(left.boot)].at, ends[Int(right.boot)].at)
            return (leftEnd, left.boot, left.uptime) < (rightEnd, right.boot, right.uptime)
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

    /// Of before what is counted, only how things were then matters: the last entry, and the last of each session.
    private mutating func forgetOld(_ times: FleetTimes) {
        var kept: [FleetEvent] = []
        var told: Set<UInt16> = []
        for event in ordered(events.filter { times.isOld($0.at) }, times).reversed() {
            let key = UInt16(event.session) << 1 | (event.isOfACondition ? 1 : 0)
            if told.insert(key).inserted || event.id == .started { kept.append(event) }
            if event.id == .started { break }
        }
        events = events.filter { !times.isOld($0.at) } + kept.reversed()
        oldEvents = 0
    }
}
