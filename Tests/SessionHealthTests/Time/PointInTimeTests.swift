import SessionHealth
import Testing

@Suite struct PointInTimeTests {
    @Test(
        arguments: [
            ("1h", .ago(.seconds(3600))), ("20min", .ago(.seconds(1200))), ("1h 30min ago", .ago(.seconds(5400))),
            ("now", .ago(.zero)), ("today", .startOfDay(daysAgo: 0)), (" yesterday ", .startOfDay(daysAgo: 1)),
            ("2026-11-24", .local(year: 2026, month: 11, day: 24, hour: 0, minute: 0, second: 0)),
            ("2026-11-24 10:00", .local(year: 2026, month: 11, day: 24, hour: 10, minute: 0, second: 0)),
            ("2024-02-29 23:59:58", .local(year: 2024, month: 2, day: 29, hour: 23, minute: 59, second: 58)),
            ("2026-11-24\t10:00", .local(year: 2026, month: 11, day: 24, hour: 10, minute: 0, second: 0)),
            ("1970-01-01", .local(year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0)),
            ("9999-12-31 0:59:59", .local(year: 9999, month: 12, day: 31, hour: 0, minute: 59, second: 59)),
            ("2026-11-23T09:00:00Z", .instant(signedIn)),
        ] as [(String, PointInTime)])
    func reads(text: String, point: PointInTime) throws {
        #expect(try PointInTime(parsing: text) == point)
    }

    @Test(
        arguments: [
            "", "soon", "-1h", "2026-11-31", "2026-02-29", "2026-11-24 24:00", "2026-11-24 10",
            "2026-11-24 10:00:00:00",
            "2026-11-24 10:00 UTC", "0000-01-01", "2026--24", "99999999999999999999-01-01", "2026-11-24T10:00",
            "1h ago x", "1969-12-31", "10000-01-01", "2026-00-01", "2026-13-01", "2026-12-00", "2026-12-32",
            "2026-11-24 10:60", "2026-11-24 10:00:60", "2026-11-24 /1:00", "2026-11-24 1::00", "2026-11-24 00010:00",
            "2026-11-24 10:+1",
        ])
    func refuses(text: String) {
        #expect(throws: PointInTimeError(text)) { try PointInTime(parsing: text) }
    }
}
