import FoundationEssentials
import SessionHealth
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0.0),
        ("2026-11-23T09:00:00Z", 1_795_424_400),
        ("2026-11-23T09:00:00UTC", 1_795_424_400),
        ("2026-11-23T10:30:00+01:30", 1_795_424_400),
        ("2026-11-23T04:00:00-05:00", 1_795_424_400),
        ("2026-11-23T09:00:00.125Z", 1_795_424_400.125),
        ("2026-11-23 09:00:00+00:00", 1_795_424_400),
        ("2026-11-23T10:30:00+0130", 1_795_424_400),
        ("2026-11-23t09:00:00z", 1_795_424_400),
        ("2026-11-23T09:00Z", 1_795_424_400), ("2026-11-23 09:00:00 UTC", 1_795_424_400),
        ("2026-11-23T09:00:00.090Z", 1_795_424_400.09), ("2026-11-24T08:59:00+23:59", 1_795_424_400),
        ("2026-11-23T09:00:00   Z", 1_795_424_400),
        ("2000-02-29T23:59:59Z", 951_868_799),
        ("1969-12-31T23:59:59Z", -1),
        ("0001-01-01T00:00:00Z", -62_135_596_800),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ])
    func reads(text: String, seconds: Double) throws {
        #expect(try Timestamp.parse(text) == Date(timeIntervalSince1970: seconds))
    }

    @Test(arguments: [
        "", "2026", "2026-11-23", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-04-31T00:00:00Z", "2026-11-00T00:00:00Z", "2026-11-23T24:00:00Z",
        "2026-11-23T09:60:00Z", "2026-11-23T09:00:60Z", "0000-01-01T00:00:00Z", "2026-11-23T09:00:00.Z",
        "2026-11-23T09:00:00Zx", "2026-11-23T09:00:00+24:00", "2026-11-23T09:00:00+01", "2026-11-23T09:00:00UT",
        "2026-11-23T09Z", "2026-11-23  09:00:00Z", "+026-11-23T09:00:00Z", "null",
        "2026-12-32T00:00:00Z", "2026-11-2:T09:00:00Z", "2026-11-2/T09:00:00Z", "2026/11-23T09:00:00Z",
        "2026-11-23T09:00:00.5:Z", "2026-11-23T09:00:00./Z", "2026-11-23T09:00:00+01:60",
    ])
    func refuses(text: String) {
        #expect(throws: TimestampError.malformed) { try Timestamp.parse(text) }
    }

    @Test(arguments: ["2026-11-23T09:00:00", "2026-11-23T09:00", "2026-11-23T09:00:00.5"])
    func saysThatTheZoneIsMissing(text: String) {
        #expect(throws: TimestampError.noZone) { try Timestamp.parse(text) }
    }

    @Test(arguments: [
        (1_795_424_400.9, "2026-11-23T09:00:00Z"), (-0.5, "1969-12-31T23:59:59Z"),
        (951_782_400, "2000-02-29T00:00:00Z"),
        (1e300, "9999-12-31T23:59:59Z"), (-.infinity, "0001-01-01T00:00:00Z"), (.nan, "0001-01-01T00:00:00Z"),
    ])
    func writes(seconds: Double, text: String) {
        #expect(Timestamp.format(Date(timeIntervalSince1970: seconds)) == text)
    }

    @Test func readsWhatItWrites() throws {
        for day in stride(from: -700_000, through: 2_900_000, by: 97) {
            let date = Date(timeIntervalSince1970: Double(day * 86_400 + day % 86_400))
            #expect(try Timestamp.parse(Timestamp.format(date)) == date)
        }
    }

    @Test(arguments: [(0, "000000"), (0.25, "250000"), (0.015625, "015625"), (0.9999999, "999999")])
    func writesMicroseconds(_ fraction: Double, _ text: String) {
        #expect(Timestamp.formatExactly(Date(timeIntervalSince1970: 60 + fraction)) == "1970-01-01T00:01:00.\(text)Z")
    }
}
