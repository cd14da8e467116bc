// Reads and writes the times in token files. Written by hand, in whole days and seconds, because the usual parsers
// refuse `UTC` (which the AWS CLI wrote for years) and cost a hundred times as much.
import FoundationEssentials

/// The spelling of times in the files of `~/.aws/sso/cache`.
package enum Timestamp {
    /// Reads `2026-11-23T09:00:00Z`, and what the AWS CLI, boto3 and Claude Code accept in place of it: `UTC`, `z`,
    /// `±hh:mm` or `±hhmm` for `Z`, a space for `T`, a fraction of a second, no seconds.
    ///
    /// - Throws: ``TimestampError/noZone`` when only the zone is missing (botocore raises, JavaScript takes it for
    ///   local time), ``TimestampError/malformed`` for anything else, a day that no calendar has included.
    package static func parse(_ text: String) throws(TimestampError) -> Date {
        var reader = DigitReader(bytes: text.utf8.makeIterator())
        let year = try reader.number(digits: 4)
        try reader.expect("-")
        let month = try reader.number(digits: 2)
        try reader.expect("-")
        let day = try reader.number(digits: 2)
        if !reader.takes(" "), !reader.takes("t") { try reader.expect("T") }
        let hour = try reader.number(digits: 2)
        try reader.expect(":")
        let minute = try reader.number(digits: 2)
        let second = reader.takes(":") ? try reader.number(digits: 2) : 0
        guard year > 0, (1...12).contains(month), (1...daysIn(month: month, of: year)).contains(day),
            hour < 24, minute < 60, second < 60
        else { throw .malformed }
        let fraction = try reader.fraction()
        let offset = try reader.zone()
        let days = CivilDay(year: year, month: month, day: day).daysSince1970
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
        return Date(timeIntervalSince1970: Double(seconds) + fraction)
    }

    /// The same with microseconds, rounded down: `2026-11-23T09:00:00.250000Z`.
    package static func formatExactly(_ date: Date) -> String {
        let time = date.timeIntervalSince1970
        let fraction = String(Int((time - time.rounded(.down)) * 1e6))
        return "\(format(date).dropLast()).\(String(repeating: "0", count: 6 - fraction.count))\(fraction)Z"
    }

    /// Writes `2026-11-23T09:00:00Z`, in UTC, whole seconds, rounded down. Dates outside the years 1 to 9999 are
    /// written as the nearest one inside.
    package static func format(_ date: Date) -> String {
        let first = -62_135_596_800.0
        let last = 253_402_300_799.0
        let time = date.timeIntervalSince1970
        let seconds = Int(time.isNaN ? first : min(max(time.rounded(.down), first), last))
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let clock = seconds - days * 86_400
        let day = CivilDay(daysSince1970: days)
        var text: [UInt8] = []
        text.reserveCapacity(20)
        func write(_ number: Int, from first: Int = 10, then separator: UInt8) {
            var divisor = first
            while divisor > 0 {
                text.append(0x30 + UInt8(number / divisor % 10))
                divisor /= 10
            }
            text.append(separator)
        }
        write(day.year, from: 1000, then: UInt8(ascii: "-"))
        write(day.month, then: UInt8(ascii: "-"))
        write(day.day, then: UInt8(ascii: "T"))
        write(clock / 3600, then: UInt8(ascii: ":"))
        write(clock / 60 % 60, then: UInt8(ascii: ":"))
        write(clock % 60, then: UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    private static func daysIn(month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// Why a text is not a time.
package enum TimestampError: Error, Hashable, CustomStringConvertible {
    /// A date and time without `Z` or an offset: programs disagree about which moment it is.
    case noZone
    case malformed

    package var description: String {
        switch self {
        case .noZone: "a time without a zone (expected a Z at its end)"
        case .malformed: "not a time like 2026-11-23T09:00:00Z"
        }
    }
}

/// Takes the parts of a timestamp off the front, byte by byte.
private struct DigitReader {
    private var bytes: String.UTF8View.Iterator
    private var next: UInt8?

    init(bytes: String.UTF8View.Iterator) {
        self.bytes = bytes
        next = self.bytes.next()
    }

    private mutating func take() -> UInt8? {
        let byte = next
        next = bytes.next()
        return byte
    }

    mutating func expect(_ character: Unicode.Scalar) throws(TimestampError) {
        guard let byte = take(), byte == UInt8(ascii: character) else { throw .malformed }
    }

    /// Whether this came next.
    mutating func takes(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        _ = take()
        return true
    }

    mutating func number(digits: Int) throws(TimestampError) -> Int {
        var number = 0
        for _ in 0..<digits {
            guard let byte = take(), byte >= 0x30, byte <= 0x39 else { throw .malformed }
            number = number * 10 + Int(byte - 0x30)
        }
        return number
    }

    /// The part after the dot, in seconds; 0 where there is none.
    mutating func fraction() throws(TimestampError) -> Double {
        guard next == UInt8(ascii: ".") else { return 0 }
        _ = take()
        var fraction = 0.0
        var scale = 0.1
        var found = false
        while let byte = next, byte >= 0x30, byte <= 0x39 {
            fraction += Double(byte - 0x30) * scale
            scale /= 10
            found = true
            _ = take()
        }
        guard found else { throw .malformed }
        return fraction
    }

    /// Seconds east of Greenwich, to the end of the text.
    mutating func zone() throws(TimestampError) -> Int {
        while takes(" ") {}
        guard let sign = take() else { throw .noZone }
        var offset = 0
        switch sign {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): break
        case UInt8(ascii: "U"):
            try expect("T")
            try expect("C")
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            let hours = try number(digits: 2)
            _ = takes(":")
            let minutes = try number(digits: 2)
            guard hours < 24, minutes < 60 else { throw .malformed }
            offset = (hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
        default: throw .malformed
        }
        guard next == nil else { throw .malformed }
        return offset
    }
}
