import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// Prints one line, or several.
func say(_ line: String) { StandardOutput.write(Array((line + "\n").utf8)) }

/// Times as the user's clock on the wall shows them.
enum LocalTime {
    /// `18:40` today, `Tue 24 Nov 18:40` on another day.
    static func text(_ date: Date) -> String {
        let isToday = format(date, "%F") == format(Date.now, "%F")
        return format(date, isToday ? "%H:%M" : "%a %e %b %H:%M")
    }

    /// `2026-11-24 18:40:03`
    static func full(_ date: Date) -> String { format(date, "%F %T") }

    /// When that was, on this clock and this calendar.
    static func date(of point: PointInTime, now: Date = Date.now) -> Date {
        var parts = tm()
        switch point {
        case .instant(let date): return date
        case .ago(let span): return now - TimeInterval(span.components.seconds)
        case .startOfDay(let daysAgo):
            var seconds = time_t(now.timeIntervalSince1970)
            localtime_r(&seconds, &parts)
            parts.tm_mday -= Int32(daysAgo)
            (parts.tm_hour, parts.tm_min, parts.tm_sec) = (0, 0, 0)
        case .local(let year, let month, let day, let hour, let minute, let second):
            (parts.tm_year, parts.tm_mon, parts.tm_mday) = (Int32(year - 1900), Int32(month - 1), Int32(day))
            (parts.tm_hour, parts.tm_min, parts.tm_sec) = (Int32(hour), Int32(minute), Int32(second))
        }
        // Summer time or not: as that day had it.
        parts.tm_isdst = -1
        return Date(timeIntervalSince1970: TimeInterval(mktime(&parts)))
    }

    private static func format(_ date: Date, _ pattern: String) -> String {
        var seconds = time_t(date.timeIntervalSince1970)
        var parts = tm()
        localtime_r(&seconds, &parts)
        var buffer = [CChar](repeating: 0, count: 64)
        let count = strftime(&buffer, buffer.count, pattern, &parts)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
