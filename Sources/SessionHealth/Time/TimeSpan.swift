// Durations as systemd spells them: "20min", "165s", "1h 30min" (systemd.time(7), "Parsing time spans").

/// The spelling of durations in the agent's configuration.
package enum TimeSpan {
    /// Reads one or more numbers with units, which add up; a number without a unit counts seconds.
    ///
    /// `m` is minutes and `M` is months, as in systemd. Fractions count to the sixth place.
    package static func parse(_ text: String) throws(TimeSpanError) -> Duration {
        var rest = text.utf8[...]
        var total: Int128 = 0
        var found = false
        while true {
            rest = rest.drop(while: isSpace)
            if rest.isEmpty { break }
            let (digits, scale) = try number(from: &rest, of: text)
            rest = rest.drop(while: isSpace)
            let name = rest.prefix { !isSpace($0) && !isDigit($0) && $0 != UInt8(ascii: ".") }
            rest = rest.dropFirst(name.count)
            let spelling = String(decoding: name, as: UTF8.self)
            guard let unit = units.first(where: { $0.spellings.contains(spelling) })?.nanoseconds else {
                throw .unknownUnit(spelling, in: text)
            }
            total += Int128(digits) * Int128(unit) / Int128(scale)
            guard total <= Int128(Int64.max) else { throw .tooLong(text) }
            found = true
        }
        guard found else { throw .empty }
        return .nanoseconds(Int64(total))
    }

    /// Writes the fewest units that say it exactly, such as `1h 30min`; microseconds are the smallest, and anything
    /// finer, or negative, is dropped.
    package static func format(_ duration: Duration) -> String {
        var rest = inNanoseconds(duration)
        var parts: [String] = []
        for unit in units where !unit.name.isEmpty && rest >= unit.nanoseconds {
            parts.append("\(rest / unit.nanoseconds)\(unit.name)")
            rest %= unit.nanoseconds
        }
        return parts.isEmpty ? "0" : parts.joined(separator: " ")
    }

    private typealias Unit = (name: String, nanoseconds: Int64, spellings: [String])

    /// Largest first. Those without a name of their own are read but not written.
    private static let units: [Unit] = [
        ("", 31_557_600_000_000_000, ["y", "year", "years"]),
        ("", 2_629_800_000_000_000, ["M", "month", "months"]),
        ("w", 604_800_000_000_000, ["w", "week", "weeks"]),
        ("d", 86_400_000_000_000, ["d", "day", "days"]),
        ("h", 3_600_000_000_000, ["h", "hr", "hour", "hours"]),
        ("min", 60_000_000_000, ["min", "m", "minute", "minutes"]),
        ("s", 1_000_000_000, ["s", "", "sec", "second", "seconds"]),
        ("ms", 1_000_000, ["ms", "msec"]),
        ("us", 1000, ["us", "usec", "µs", "μs"]),
    ]

    private static func inNanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product.addingReportingOverflow(attoseconds / 1_000_000_000).partialValue
    }

    /// A number as digits without its dot, and the power of ten that the dot stood for.
    private static func number(
        from rest: inout Substring.UTF8View, of text: String
    ) throws(TimeSpanError) -> (digits: Int64, scale: Int64) {
        var value: Int64 = 0
        var scale: Int64 = 1
        var count = 0
        var afterDot = false
        while let byte = rest.first {
            if byte == UInt8(ascii: "."), !afterDot {
                afterDot = true
            } else if isDigit(byte) {
                // Six places reach the microsecond that systemd counts in.
                if !afterDot || scale < 1_000_000 {
                    let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
                    let (sum, tooLong) = tens.addingReportingOverflow(Int64(byte - 0x30))
                    guard !overflow, !tooLong else { throw .tooLong(text) }
                    value = sum
                    if afterDot { scale *= 10 }
                }
                count += 1
            } else {
                break
            }
            rest = rest.dropFirst()
        }
        guard count > 0, rest.first != UInt8(ascii: ".") else { throw .noNumber(text) }
        return (value, scale)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
}

/// Why a text is not a duration; says how to write one.
package enum TimeSpanError: Error, Hashable, CustomStringConvertible {
    case empty
    case noNumber(String)
    case unknownUnit(String, in: String)
    case tooLong(String)

    package var description: String {
        switch self {
        case .empty: "an empty duration; write a number and a unit, such as \"20min\""
        case .noNumber(let text):
            "\"\(text)\" is not a duration; write a number and a unit, such as \"20min\" or \"1h 30min\""
        case .unknownUnit(let unit, let text):
            "\"\(text)\" has the unknown unit \"\(unit)\"; use us, ms, s, min, h, d or w"
        case .tooLong(let text): "\"\(text)\" is longer than 292 years"
        }
    }
}
