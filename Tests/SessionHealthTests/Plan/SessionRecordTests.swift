import FoundationEssentials
import SessionHealth
import Testing

/// What is learned of a session's length, and what a damaged or odd record may not do.
@Suite struct SessionRecordTests {
    private func learned(from begin: Date?, to end: Date) -> SessionRecord {
        var record = SessionRecord()
        record.signedInAt = begin
        record.learnEnd(at: end)
        return record
    }

    @Test func anEndWhoseBeginningWasSeenIsLearnedOnce() {
        var record = learned(from: signedIn, to: signedIn + 8 * hour)
        record.learnEnd(at: signedIn + 9 * hour)
        #expect(record.lifetimes == [8 * hour] && record.signedInAt == nil)
    }

    @Test func aClockSetBackBeforeTheSignInTeachesNothing() {
        let record = learned(from: signedIn, to: signedIn - hour)
        #expect(record.lifetimes == [] && record.signedInAt == signedIn)
        #expect(learned(from: signedIn, to: signedIn).lifetimes == [])
    }

    @Test func theNewestTenCount() {
        var record = SessionRecord()
        for count in 1...11 {
            record.signedInAt = signedIn
            record.learnEnd(at: signedIn + TimeInterval(count) * hour)
        }
        #expect(record.lifetimes == (2...11).map { TimeInterval($0) * hour })
        #expect(record.usualLifetime == 7 * hour)
    }

    @Test(arguments: [[], [0], [-hour], [1e9], [1e300], [.infinity], [.nan]] as [[TimeInterval]])
    func aLengthThatNoSessionHasIsNotUsual(_ lifetimes: [TimeInterval]) {
        var record = SessionRecord()
        record.lifetimes = lifetimes
        #expect(record.usualLifetime == nil)
        record.lifetimes += [1]
        #expect(record.usualLifetime == 1)
    }
}
