import FoundationEssentials
import SessionHealth

/// Moments, durations and points in time.
enum TimeSubject {
    /// Foundation's calendar is another before 1583.
    private static let firstCommon = -12_000_000_000.0

    static func check(_ input: Input) throws(Violation) {
        let text = input.string(1)
        switch input.text(0).first ?? 0 {
        case UInt8(ascii: "d"): try duration(text, input.string(2))
        case UInt8(ascii: "p"): try point(text)
        case UInt8(ascii: "f"): try formatted(input.text(1))
        default: try moment(text)
        }
    }

    private static func moment(_ text: String) throws(Violation) {
        guard let date = try? Timestamp.parse(text) else { return }
        let written = Timestamp.format(date)
        let again = try? Timestamp.parse(written)
        let whole = date.timeIntervalSince1970.rounded(.down)
        // An offset may lead out of the years that can be written.
        if (-62_135_596_800...253_402_300_799).contains(whole) {
            try requireEqual(again?.timeIntervalSince1970, whole, "\(text) is written \(written)")
        }
        try require(written.utf8.count == 20, "\(written) is not 20 characters long")
        // Foundation reads less forms; where it reads one, it is this one.
        if whole > firstCommon, let theirs = try? Date(text, strategy: .iso8601), !text.contains(".") {
            try requireEqual(theirs, date, "Foundation reads \(text) otherwise")
        }
    }

    /// A moment by its bits.
    private static func formatted(_ bytes: [UInt8]) throws(Violation) {
        let bits = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        let date = Date(timeIntervalSince1970: Double(bitPattern: bits))
        let written = Timestamp.format(date)
        try require((try? Timestamp.parse(written)) != nil, "\(written) is not read again")
        let near = Date(timeIntervalSince1970: Double(Int64(bitPattern: bits) % 20_000_000_000))
        guard near.timeIntervalSince1970 > firstCommon else { return }
        try requireEqual(Timestamp.format(near), near.formatted(.iso8601), "Foundation writes it otherwise")
    }

    private static func duration(_ text: String, _ other: String) throws(Violation) {
        let first: Duration
        do {
            first = try TimeSpan.parse(text)
        } catch {
            return
        }
        try require(first >= .zero, "\(text) is negative")
        let written = TimeSpan.format(first)
        let again = try? TimeSpan.parse(written)
        let microseconds = Int64(first / .microseconds(1))
        try requireEqual(again.map { Int64($0 / .microseconds(1)) }, microseconds, "\(text) is written \(written)")
        try requireEqual(again.map(TimeSpan.format), written, "written twice")
        guard let second = try? TimeSpan.parse(other), (first + second) < .nanoseconds(Int64.max) else { return }
        // A number at the seam would be taken for one of the other.
        try requireEqual(try? TimeSpan.parse("\(text) 0s \(other)"), first + second, "\(text) and \(other) add up")
    }

    private static func point(_ text: String) throws(Violation) {
        do {
            guard
                case .local(let year, let month, let day, let hour, let minute, let second) =
                    try PointInTime(parsing: text)
            else { return }
            func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            let date = "\(year)-\(digits(month))-\(digits(day))"
            let clock = "\(digits(hour)):\(digits(minute)):\(digits(second))"
            try require((try? Timestamp.parse("\(date)T\(clock)Z")) != nil, "\(text) is no day: \(date)")
            try requireEqual(
                try? PointInTime(parsing: "\(date) \(clock)"), try? PointInTime(parsing: text), "written and read again"
            )
        } catch let error as PointInTimeError {
            try require(error.description == error.description.printable, "control characters in an error")
        } catch let error as Violation {
            throw error
        } catch {
            throw Violation("\(error)")
        }
    }
}
