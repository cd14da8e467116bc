import FoundationEssentials
import SessionHealth
import Testing

/// When the agent offers to sign in anew, because a session will end while nobody is there.
@Suite struct RenewalOfferTests {
    /// They sign in at 9:00, and past sessions lasted 12 h. They were there yesterday from 9:00 until shortly before 18:00.
    static let usual = Facts.corp.changed {
        $0.session.record.lifetimes = [12 * hour]
        $0.session.token = .found(.hour(from: 7 * hour + 50 * minute))
        $0.attendance = attendance(from: -24 * hour, to: -15 * hour - 5 * minute)
    }

    static func attendance(from first: TimeInterval, to last: TimeInterval) -> Attendance {
        var attendance = Attendance()
        attendance.observe(at: signedIn + first)
        for seconds in stride(from: first, through: last, by: 40 * minute) {
            attendance.note(from: nil, to: signedIn + seconds)
        }
        attendance.note(from: nil, to: signedIn + last)
        return attendance
    }

    static func offer(_ facts: Facts, at seconds: TimeInterval) -> RenewalOffer? {
        plan(for: facts, at: moment(seconds)).sessions[0].renewal
    }

    static func wake(_ facts: Facts, at seconds: TimeInterval) -> TimeInterval? {
        plan(for: facts, at: moment(seconds)).sessions[0].wake.wall?.timeIntervalSince(signedIn)
    }

    // MARK: When

    @Test func inTheLastHourInWhichTheyAreUsuallyThere() throws {
        #expect(Self.offer(Self.usual, at: 8 * hour - 1) == nil)
        let offer = try #require(Self.offer(Self.usual, at: 8 * hour + 1))
        // The end was found by a refresh, up to an hour late.
        #expect(offer.endsAt == signedIn + 11 * hour && offer.beganAt == signedIn)
        #expect(offer.newEndsAt == signedIn + 19 * hour && offer.lifetime == 11 * hour)
        #expect(offer.command(for: "work") == "bedrock-agent cover 11h --profile work")
    }

    @Test func wakesForIt() {
        let facts = Self.usual.changed { $0.session.token = .found(.hour(from: 7 * hour + 30 * minute)) }
        #expect(Self.wake(facts, at: 7 * hour + 31 * minute) == 8 * hour)
    }

    @Test func untilItEnds() {
        #expect(Self.offer(Self.usual, at: 11 * hour - 1) != nil)
        #expect(Self.offer(Self.usual, at: 11 * hour + 1) == nil)
    }

    @Test func notWhileTheGainIsSmall() {
        // They work at night, and have just signed in.
        let facts = Self.usual.changed { $0.attendance = Self.attendance(from: -24 * hour, to: -24 * hour) }
        #expect(Self.offer(facts, at: hour - 1) == nil)
        #expect(Self.offer(facts, at: hour + 1) != nil)
    }

    @Test func notEarlierThanAskedFor() {
        let facts = Self.usual.changed { $0.policy.coverAhead = 2 * hour }
        #expect(Self.offer(facts, at: 9 * hour - 1) == nil)
        #expect(Self.offer(facts, at: 9 * hour + 1) != nil)
    }

    @Test(arguments: [
        ("never", Self.usual.changed { $0.policy.coverAhead = 0 }),
        ("no session has been seen to end", Self.usual.changed { $0.session.record.lifetimes = [] }),
        ("nobody saw it begin", Self.usual.changed { $0.session.record.signedInAt = nil }),
        (
            "they are there when it ends",
            Self.usual.changed { $0.attendance = Self.attendance(from: -24 * hour, to: -12 * hour) }
        ),
        ("too little is known of them", Self.usual.changed { $0.attendance = Self.attendance(from: 0, to: 8 * hour) }),
        (
            "the client registration ends before",
            Self.usual.changed {
                $0.session.token = .found(.hour(from: 7 * hour + 50 * minute, registration: 10 * hour))
            }
        ),
        (
            "its token cannot be refreshed",
            Self.usual.changed {
                var clocks = TokenClocks.hour(from: 7 * hour + 50 * minute, for: 3 * hour)
                clocks.hasRefreshToken = false
                $0.session.token = .found(clocks)
            }
        ),
        (
            "its file is damaged",
            Self.usual.changed {
                $0.session.token = .torn(since: bootThen, reason: "line 1", last: .hour(from: 7 * hour + 50 * minute))
            }
        ),
        ("it is over", Self.usual.changed { $0.session.refused(.sessionEnded(error: "invalid_grant")) }),
        (
            "they are signing in",
            Self.usual.changed { $0.signIn = .init(session: "corp", startedAt: signedIn, isAutomatic: false) }
        ),
    ])
    func notWhere(_ name: String, _ facts: Facts) { #expect(Self.offer(facts, at: 8 * hour + 1) == nil, "\(name)") }

    @Test func notWhereTheyAreThereWhenItEnds() {
        let facts = Self.usual.changed {
            $0.attendance = Self.attendance(from: -24 * hour, to: -12 * hour)
            $0.session.record.lifetimes = [12.5 * hour]
            $0.session.token = .found(.hour(from: 11 * hour))
        }
        // It ends within the hour.
        #expect(Self.offer(facts, at: 11 * hour + 10 * minute) == nil)
    }

    @Test func sessionsOfHalfAnHourAreNeverWorthIt() {
        let facts = Self.usual.changed { $0.session.record.lifetimes = [1.5 * hour] }
        #expect(Self.offer(facts, at: 20 * minute) == nil)
        #expect(Self.wake(facts, at: 20 * minute) == 8 * hour + 30 * minute)
    }

    /// The end is at 8:00 two days later; they are only there from 9:00 to 10:00.
    @Test func theirHourMayBeNearlyADayBeforeTheEnd() {
        let facts = Self.usual.changed {
            $0.policy.coverAhead = 30 * hour
            $0.session.record.lifetimes = [48 * hour]
            $0.session.token = .found(.hour(from: 23.5 * hour))
            $0.attendance = Self.attendance(from: -24 * hour, to: -24 * hour)
        }
        #expect(Self.offer(facts, at: 24 * hour - 1) == nil)
        #expect(Self.wake(facts, at: 24 * hour - 1) == 24 * hour)
        #expect(Self.offer(facts, at: 24 * hour) != nil)
    }

    // MARK: Attendance

    @Test func everyHourSinceTheLastLookCounts() {
        var attendance = Attendance()
        attendance.note(from: signedIn - 70 * minute, to: signedIn + minute)
        #expect(attendance.hours == [7: signedIn - 2 * hour, 8: signedIn - hour, 9: signedIn])
    }

    @Test func aSleepDoesNotCount() {
        var attendance = Attendance()
        attendance.note(from: signedIn - 8 * hour, to: signedIn)
        #expect(attendance.hours == [9: signedIn])
    }

    @Test func isKeptAsItIs() throws {
        var state = AgentState()
        state.attendance = Self.attendance(from: 0, to: 3 * hour)
        let kept = JSONCoding.encode(state, isPretty: true)
        #expect(try JSONCoding.decode(AgentState.self, from: kept) == state)
    }

    @Test func aClockSetBackBeginsAnew() {
        var attendance = Attendance()
        attendance.observe(at: signedIn)
        attendance.observe(at: signedIn - 5)
        #expect(attendance.since == signedIn - 5)
    }
}
