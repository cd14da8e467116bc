import FoundationEssentials

/// At which hours of the day somebody was at the screen lately. Kept in `state.json`, and nowhere else.
package struct Attendance: Codable, Equatable, Sendable {
    /// Since when this has been observed.
    package private(set) var since: Date?
    /// By hour of the day in UTC, the beginning of the last such hour in which somebody was there.
    package private(set) var hours: [Int: Date] = [:]

    private static let hour: TimeInterval = 3600
    /// Seconds of observation before anything is concluded from it.
    private static let least: TimeInterval = 24 * hour
    /// What is longer ago, in seconds, does not count.
    private static let lately: TimeInterval = 14 * 24 * hour
    /// Seconds between two looks that found somebody, for which they were there all the time; else the machine may have
    /// slept.
    private static let span: TimeInterval = 2 * hour

    package init() {}

    /// Nobody need be there for that.
    package mutating func observe(at now: Date) {
        // The clock may have been set back.
        if since.map({ $0 > now }) ?? true { since = now }
    }

    /// Somebody is there, and was at the earlier date.
    package mutating func note(from earlier: Date?, to now: Date) {
        var start = Attendance.beginning(of: now)
        hours[Attendance.index(of: start)] = start
        guard let earlier, earlier <= now, now.timeIntervalSince(earlier) <= Attendance.span else { return }
        while start > earlier {
            start -= Attendance.hour
            hours[Attendance.index(of: start)] = start
        }
    }

    /// Whether enough is known to say when somebody is there.
    func isKnown(at now: Date) -> Bool { since.map { now.timeIntervalSince($0) >= Attendance.least } ?? false }

    /// Whether somebody was there lately at this time of day.
    func isUsual(_ date: Date, at now: Date) -> Bool {
        guard let last = hours[Attendance.index(of: date)] else { return false }
        return now.timeIntervalSince(last) < Attendance.lately
    }

    /// The beginning of the hour.
    static func beginning(of date: Date) -> Date {
        Date(timeIntervalSince1970: (date.timeIntervalSince1970 / hour).rounded(.down) * hour)
    }

    private static func index(of date: Date) -> Int {
        let count = (date.timeIntervalSince1970 / hour).rounded(.down).truncatingRemainder(dividingBy: 24)
        return Int(count < 0 ? count + 24 : count)
    }
}
