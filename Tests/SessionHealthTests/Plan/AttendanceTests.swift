import FoundationEssentials
import SessionHealth
import Testing

/// At which hours somebody was at the screen, and for how long that counts.
@Suite struct AttendanceTests {
    private func hours(from earlier: TimeInterval?, to now: TimeInterval) -> [Int] {
        var attendance = Attendance()
        attendance.note(from: earlier.map { signedIn + $0 }, to: signedIn + now)
        return attendance.hours.keys.sorted()
    }

    @Test func theHoursBetweenTwoLooksCountForTwoHours() {
        #expect(hours(from: -2 * hour, to: 0) == [7, 8, 9])
        #expect(hours(from: -2 * hour - 1, to: 0) == [9])
    }

    @Test func anHourThatHadJustBegunCounts() {
        #expect(hours(from: -hour, to: 0) == [8, 9])
        #expect(hours(from: -1, to: 0) == [8, 9])
        #expect(hours(from: 0, to: 1) == [9])
        #expect(hours(from: nil, to: 1) == [9])
    }

    @Test func aLookFromTheFutureIsNone() { #expect(hours(from: 3 * hour, to: 0) == [9]) }

    @Test func theHoursGoAroundTheDayAndAroundTheYear1970() {
        #expect(hours(from: 14.5 * hour, to: 15.5 * hour) == [0, 23])
        var attendance = Attendance()
        for hours in [-1, -24, -25] {
            attendance.note(from: nil, to: Date(timeIntervalSince1970: 3600.0 * Double(hours)))
        }
        #expect(attendance.hours.keys.sorted() == [0, 23])
    }

    @Test func laterLooksDoNotMoveTheBeginning() {
        var attendance = Attendance()
        attendance.observe(at: signedIn)
        attendance.observe(at: signedIn + 5)
        #expect(attendance.since == signedIn)
    }

    // MARK: What follows, seen by whether a renewal is offered

    /// A session that ends at 20:00. They were there at 17:00 so many days ago; observed for so long.
    private func isOffered(at now: TimeInterval, seen: TimeInterval, observed: TimeInterval) -> Bool {
        let facts = Facts.corp.changed {
            $0.session.record.lifetimes = [12 * hour]
            $0.session.token = .found(.hour(from: now - 10 * minute))
            $0.attendance = Attendance()
            $0.attendance.observe(at: signedIn + now - observed)
            $0.attendance.note(from: nil, to: signedIn + seen)
        }
        return RenewalOfferTests.offer(facts, at: now) != nil
    }

    @Test func aDayMustHaveBeenObserved() {
        #expect(!isOffered(at: 8.5 * hour, seen: -16 * hour, observed: day - 1))
        #expect(isOffered(at: 8.5 * hour, seen: -16 * hour, observed: day))
    }

    /// Who was there at the hour of the end makes an offer needless, for two weeks.
    @Test func twoWeeksAreLately() {
        let atTheEnd = 11 * hour
        #expect(!isOffered(at: 10.5 * hour, seen: atTheEnd - 14 * day, observed: 20 * day))
        #expect(isOffered(at: 10.5 * hour, seen: atTheEnd - 15 * day, observed: 20 * day))
        let exactly = 10.5 * hour
        #expect(isOffered(at: exactly, seen: atTheEnd - 14 * day - hour, observed: 20 * day))
    }
}
