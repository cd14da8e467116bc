import FoundationEssentials

/// A time as people write it: "1h" (ago), "today", "yesterday", "2026-11-24", "2026-11-24 10:00", or as
/// `status --json` has it, "2026-11-24T10:00:00Z".
package enum PointInTime: Equatable, Sendable {
    case ago(Duration)
    /// Midnight, where the user lives.
    case startOfDay(daysAgo: Int)
    /// What the clock on the wall shows.
    case local(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int)
    case instant(Date)

    package init(parsing text: String) throws(PointInTimeError) {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        switch words.map(String.init) {
        case ["now"]: self = .ago(.zero)
        case ["today"]: self = .startOfDay(daysAgo: 0)
        case ["yesterday"]: self = .startOfDay(daysAgo: 1)
        case let words where words.first?.split(separator: "-", omittingEmptySubsequences: false).count == 3:
            self = try PointInTime.date(words, in: text)
        case let words:
            let span = words.last == "ago" ? words.dropLast() : words[...]
            do {
                self = .ago(try TimeSpan.parse(span.joined(separator: " ")))
            } catch {
                throw PointInTimeError(text)
            }
        }
    }

    private static func date(_ words: [String], in text: String) throws(PointInTimeError) -> PointInTime {
        if words.count == 1, let date = try? Timestamp.parse(words[0]) { return .instant(date) }
        let parts = try numbers(words[0], "-", in: text)
        let clock = words.count == 2 ? try numbers(words[1], ":", in: text) : [0, 0, 0]
        guard words.count <= 2, (2...3).contains(clock.count) else { throw PointInTimeError(text) }
        let (hour, minute, second) = (clock[0], clock[1], clock.count == 3 ? clock[2] : 0)
        let day = CivilDay(year: parts[0], month: parts[1], day: parts[2])
        guard (1970...9999).contains(day.year), (1...12).contains(day.month), (1...31).contains(day.day),
            CivilDay(daysSince1970: day.daysSince1970) == day, hour < 24, minute < 60, second < 60
        else { throw PointInTimeError(text) }
        return .local(year: day.year, month: day.month, day: day.day, hour: hour, minute: minute, second: second)
    }

    /// Numbers of digits only, which fit.
    private static func numbers(
        _ word: String, _ separator: Character, in text: String
    ) throws(PointInTimeError) -> [Int] {
        var numbers: [Int] = []
        for part in word.split(separator: separator, omittingEmptySubsequences: false) {
            guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), part.count <= 4, let number = Int(part) else {
                throw PointInTimeError(text)
            }
            numbers.append(number)
        }
        return numbers
    }
}

/// Why a text is no point in time; says how to write one.
package struct PointInTimeError: Error, Equatable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String {
        "\"\(text.printable)\" is not a time; use \"1h\", \"today\", \"yesterday\", \"2026-11-24\" or \"2026-11-24 10:00\""
    }
}
