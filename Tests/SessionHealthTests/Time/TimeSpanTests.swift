import SessionHealth
import Testing

@Suite struct TimeSpanTests {
    @Test(
        arguments: [
            ("20min", .seconds(1200)), ("165s", .seconds(165)), ("1h 30min", .seconds(5400)), ("1h30m", .seconds(5400)),
            ("15m", .seconds(900)), ("90", .seconds(90)), ("2 days", .seconds(172_800)), ("1w", .seconds(604_800)),
            ("1.5h", .seconds(5400)), ("250ms", .milliseconds(250)), ("10us", .microseconds(10)),
            ("1M", .seconds(2_629_800)),
            ("0", .zero), (" 5 s ", .seconds(5)), ("1.123456d", .milliseconds(97_066_598) + .microseconds(400)),
            ("10µs", .microseconds(10)), ("1 30", .seconds(31)), ("1y", .seconds(31_557_600)),
            ("0.1234567s", .microseconds(123_456)), ("1.0000009s", .seconds(1)), ("5s.5s", .milliseconds(5500)),
            ("5\ts\n\u{0B}1\u{0C}s\r", .seconds(6)), ("9223372036s", .seconds(9_223_372_036)),
        ] as [(String, Duration)])
    func reads(text: String, duration: Duration) throws {
        #expect(try TimeSpan.parse(text) == duration)
    }

    @Test(
        arguments: [
            ("", .empty), ("  ", .empty), ("min", .noNumber("min")), ("-5s", .noNumber("-5s")),
            ("5 fortnights", .unknownUnit("fortnights", in: "5 fortnights")),
            ("1.2.3s", .noNumber("1.2.3s")),
            ("infinity", .noNumber("infinity")), ("300y", .tooLong("300y")),
            // What they would be in 64 bits.
            ("18446744073709551616s", .tooLong("18446744073709551616s")),
            ("9223372036854775808us", .tooLong("9223372036854775808us")),
            ("5/s", .unknownUnit("/s", in: "5/s")), ("5:s", .unknownUnit(":s", in: "5:s")),
            ("5\u{08}s", .unknownUnit("\u{08}s", in: "5\u{08}s")),
            ("99999999999999999999s", .tooLong("99999999999999999999s")),
        ] as [(String, TimeSpanError)])
    func refuses(text: String, error: TimeSpanError) {
        #expect(throws: error) { try TimeSpan.parse(text) }
    }

    @Test(
        arguments: [
            (.seconds(1200), "20min"), (.seconds(165), "2min 45s"), (.seconds(5400), "1h 30min"), (.zero, "0"),
            (.milliseconds(1250), "1s 250ms"), (.seconds(694_861), "1w 1d 1h 1min 1s"), (.microseconds(3), "3us"),
            (.seconds(-5), "0"), (.seconds(Int64.max), "15250w 1d 23h 47min 16s 854ms 775us"),
        ] as [(Duration, String)])
    func writes(duration: Duration, text: String) {
        #expect(TimeSpan.format(duration) == text)
    }
}
