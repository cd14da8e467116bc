import FoundationEssentials
import SessionHealth
import Testing

/// How long a session lasts, as `cover` tells it.
@Suite struct CoverageTests {
    private let now = Date(timeIntervalSince1970: 1_700_000_000)
    private let hour: TimeInterval = 3600

    /// Signed in so many hours ago, lifetimes and what is wanted in hours.
    struct Row {
        let signedIn: Double?
        let lifetimes: [Double]
        let wanted: Double
        let answer: Coverage.Answer

        init(_ signedIn: Double?, _ lifetimes: [Double], _ wanted: Double, _ answer: Coverage.Answer) {
            (self.signedIn, self.lifetimes, self.wanted, self.answer) = (signedIn, lifetimes, wanted, answer)
        }
    }

    private func facts(
        signedIn: TimeInterval? = nil, lifetimes: [TimeInterval] = [], tokenLeft: TimeInterval = 1800,
        registrationLeft: TimeInterval = 80 * 86400, refreshable: Bool = true
    ) -> SessionFacts {
        var facts = SessionFacts(session: Mind.session, profiles: [])
        facts.token = .found(
            TokenClocks(
                expiresAt: now + tokenLeft, registrationExpiresAt: now + registrationLeft, hasRefreshToken: refreshable,
                hasClient: true, writtenAt: now + tokenLeft - hour, fingerprint: "f"))
        facts.record.signedInAt = signedIn.map { now - $0 * hour }
        facts.record.lifetimes = lifetimes.map { $0 * hour }
        return facts
    }

    @Test(arguments: [
        // The past sessions were found to be over up to an hour late.
        Row(1, [12], 9, .covered), Row(1, [12], 10, .covered), Row(1, [12], 10.5, .notCovered),
        Row(1, [12], 11.5, .notCovered), Row(nil, [12], 9, .notKnown), Row(1, [], 9, .notKnown),
        // By the last and the usual one: an administrator has made it shorter, or ended one early.
        Row(1, [12, 12, 12, 8], 8, .notCovered), Row(1, [12, 12, 2, 12], 9, .covered),
        Row(1, [12, 12, 2], 2, .notCovered),
    ])
    func byWhatWasLearned(row: Row) {
        let coverage = Coverage(of: facts(signedIn: row.signedIn, lifetimes: row.lifetimes), at: now)
        #expect(coverage.answer(until: now + row.wanted * hour) == row.answer)
    }

    @Test func aTokenThatCannotBeRefreshedSaysItself() {
        let coverage = Coverage(of: facts(tokenLeft: 4 * hour, refreshable: false), at: now)
        #expect(coverage.answer(until: now + 4 * hour) == .covered)
        #expect(coverage.answer(until: now + 4 * hour + 1) == .notCovered)
    }

    @Test func aClientRegistrationEndsIt() {
        let learned = facts(signedIn: 1, lifetimes: [24 * 20], registrationLeft: 5 * 86400)
        let coverage = Coverage(of: learned, at: now)
        #expect(coverage.answer(until: now + 5 * 86400) == .covered)
        #expect(coverage.answer(until: now + 6 * 86400) == .notCovered)
        #expect(coverage.reason == "its client registration ends then")
    }

    /// However little is known of the portal session.
    @Test func aClientRegistrationThatIsNearlyOverIsKnown() {
        let coverage = Coverage(of: facts(registrationLeft: 2 * hour), at: now)
        #expect(coverage.answer(until: now + 3 * hour) == .notCovered)
        #expect(coverage.answer(until: now + hour) == .notKnown)
    }

    @Test func oneThatIsOver() {
        var refused = facts(signedIn: 1, lifetimes: [12])
        refused.record.refusal = .init(fingerprint: "f", outcome: .sessionEnded(error: "invalid_grant"), at: now)
        for facts in [refused, facts(tokenLeft: -60, refreshable: false)] {
            let coverage = Coverage(of: facts, at: now)
            #expect(coverage.isOver && coverage.answer(until: now + 60) == .notCovered)
        }
    }

    @Test(arguments: [
        (1, [12], 9, "corp lasts until 9 h: it ends between 10 h and 11 h (as past sessions did)"),
        (1, [12], 10.5, "corp may not last until 10.5 h: it ends between 10 h and 11 h (as past sessions did)"),
        (1, [12], 11, "corp may not last until 11 h: it ends between 10 h and 11 h (as past sessions did)"),
        (1, [12], 11.5, "corp does not last until 11.5 h: it ends between 10 h and 11 h (as past sessions did)"),
        (
            1, [], 9,
            "it is not known whether corp lasts until 9 h: no session of corp has been seen from beginning to end;"
                + " it began at -1 h"
        ),
        (nil, [12], 9, "it is not known whether corp lasts until 9 h: nobody saw it begin"),
    ])
    func sentences(signedIn: Double?, lifetimes: [Double], wanted: Double, sentence: String) {
        let coverage = Coverage(of: facts(signedIn: signedIn, lifetimes: lifetimes), at: now)
        #expect(coverage.sentence(for: "corp", until: now + wanted * hour, local: local) == sentence)
    }

    /// In hours from now.
    private func local(_ date: Date) -> String {
        let hours = date.timeIntervalSince(now) / hour
        return "\(hours == hours.rounded() ? "\(Int(hours))" : "\(hours)") h"
    }

    @Test func oneMomentIsNoSpan() {
        func sentence(_ facts: SessionFacts) -> String {
            Coverage(of: facts, at: now).sentence(for: "corp", until: now + 60 * hour, local: local)
        }
        #expect(
            sentence(facts(registrationLeft: 2 * hour))
                == "corp does not last until 60 h: it ends at 2 h at the latest (its client registration ends then)")
        let until = "corp does not last until 60 h: it ends"
        var short = facts(signedIn: 1, lifetimes: [12])
        for (life, end) in [(59.0, "at 11 h"), (60, "between 11 h and 11 h")] {
            short.token = .found(
                TokenClocks(
                    expiresAt: now + 1800, registrationExpiresAt: now + 80 * 86400, hasRefreshToken: true,
                    hasClient: true, writtenAt: now + 1800 - life, fingerprint: "f"))
            let said = Coverage(of: short, at: now).sentence(for: "corp", until: now + 60 * hour) { date in
                "\(Int((date.timeIntervalSince(now) / hour).rounded())) h"
            }
            #expect(said == "\(until) \(end) (as past sessions did)")
        }
        let over = facts(tokenLeft: -60, refreshable: false)
        #expect(sentence(over) == "corp needs a sign-in now")
    }

    /// A token's own life is how late an end is noticed.
    @Test(arguments: [(600, 11 * 3600 - 600), (3600, 10 * 3600), (8 * 3600, 10 * 3600), (-5, 11 * 3600)])
    func anEndIsNoticedByATokensLifeTooLate(life: Int, earliest: Int) {
        var session = facts(signedIn: 1, lifetimes: [12])
        session.token = .found(
            TokenClocks(
                expiresAt: now + 60, registrationExpiresAt: now + 80 * 86400, hasRefreshToken: true, hasClient: true,
                writtenAt: now + 60 - TimeInterval(life), fingerprint: "f"))
        let coverage = Coverage(of: session, at: now)
        #expect(coverage.earliest == now + TimeInterval(earliest) && coverage.latest == now + 11 * hour)
    }

    @Test func aRegistrationMayEndWithinTheSpan() {
        let coverage = Coverage(of: facts(signedIn: 1, lifetimes: [12], registrationLeft: 10.5 * hour), at: now)
        #expect(coverage.earliest == now + 10 * hour && coverage.latest == now + 10.5 * hour)
    }

    /// A thousand people whose administrators chose any length, change it now and then, and end a session early; their
    /// machines refresh every 40 minutes, and sleep at times. What "covered" promised must come true, unless somebody ended
    /// the session or made it shorter afterwards.
    @Test func aThousandPeople() {
        var promised = 0
        var refused = 0
        var inVain = 0
        for seed in 0..<1000 {
            var lots = Lots(seed: UInt64(seed))
            var record = SessionRecord()
            var length = TimeInterval(lots.number(in: 15...(72 * 60))) * 60
            var clock = now
            for _ in 0..<12 {
                if lots.number(in: 1...20) == 1 { length = TimeInterval(lots.number(in: 15...(72 * 60))) * 60 }
                let isEndedEarly = lots.number(in: 1...15) == 1
                let begin = clock
                let end = begin + (isEndedEarly ? length * 0.3 : length)
                record.signedInAt = begin
                let asked = begin + TimeInterval(lots.number(in: 1...Int(length / 2)))
                let wanted = asked + TimeInterval(lots.number(in: 1...Int(length)))
                if asked < end {
                    var facts = facts()
                    facts.record = record
                    facts.token = .found(
                        TokenClocks(
                            expiresAt: asked + 1800, registrationExpiresAt: asked + 80 * 86400, hasRefreshToken: true,
                            hasClient: true, writtenAt: asked - 1800, fingerprint: "f"))
                    switch Coverage(of: facts, at: asked).answer(until: wanted) {
                    case .covered:
                        promised += 1
                        let isNew = record.lifetimes.last.map { abs($0 - length) > 3600 + 1 } ?? true
                        #expect(end >= wanted || isEndedEarly || isNew, "seed \(seed)")
                    case .notCovered:
                        refused += 1
                        if end >= wanted { inVain += 1 }
                    case .notKnown: break
                    }
                }
                // The refresh that finds it over; a machine that slept learns nothing.
                var refresh = begin
                while refresh < end { refresh += 2400 }
                if lots.number(in: 1...5) == 1 { record.signedInAt = nil } else { record.learnEnd(at: refresh) }
                clock = refresh + TimeInterval(lots.number(in: 60...36000))
            }
        }
        #expect(promised > 1000 && refused > 1000)
        // The hour in which it may end, and what an early end taught.
        #expect(inVain * 5 < promised, "\(promised) promised, \(refused) not, \(inVain) of these for nothing")
    }

    @Test(arguments: [("09:00", 9, 0), ("9:05", 9, 5), ("23:59", 23, 59)])
    func times(text: String, hour: Int, minute: Int) {
        let time = ClockTime(text)
        #expect(time?.hour == hour && time?.minute == minute)
    }

    @Test(arguments: ["", "9", "24:00", "09:60", "09:0", "-1:00", "9:00:00", "９:00", "+9:00"])
    func whatIsNoTime(text: String) { #expect(ClockTime(text) == nil) }
}

/// The same numbers for the same seed.
private struct Lots {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func number(in range: ClosedRange<Int>) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return range.lowerBound + Int((state >> 33) % UInt64(range.count))
    }
}
