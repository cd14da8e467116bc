import FoundationEssentials
import Glibc
import SessionHealth

/// Formats times in local time: the machine's current time zone, or the one in `TZ`.
package enum LocalTime {
    /// `18:40` today, `Tue 24 Nov 18:40` on another day, with the year where that may not be clear.
    package static func text(_ date: Date, now: Date) -> String {
        let isToday = format(date, "%F") == format(now, "%F")
        let isFar = abs(date.timeIntervalSince(now)) > 300 * 86400
        return format(date, isToday ? "%H:%M" : isFar ? "%a %e %b %Y %H:%M" : "%a %e %b %H:%M")
    }

    /// `2026-11-24 18:40:03`
    package static func full(_ date: Date) -> String { format(date, "%F %T") }

    /// Converts a point in time to a date, using the local time zone and calendar.
    package static func date(of point: PointInTime, now: Date) -> Date {
        var parts = tm()
        switch point {
        case .instant(let date): return date
        case .ago(let span): return now - TimeInterval(span.components.seconds)
        case .startOfDay(let daysAgo):
            parts = split(now)
            parts.tm_mday -= Int32(daysAgo)
            (parts.tm_hour, parts.tm_min, parts.tm_sec) = (0, 0, 0)
        case .local(let year, let month, let day, let hour, let minute, let second):
            (parts.tm_year, parts.tm_mon, parts.tm_mday) = (Int32(year - 1900), Int32(month - 1), Int32(day))
            (parts.tm_hour, parts.tm_min, parts.tm_sec) = (Int32(hour), Int32(minute), Int32(second))
        }
        // Let `mktime` determine whether daylight saving time applied.
        parts.tm_isdst = -1
        return Date(timeIntervalSince1970: TimeInterval(mktime(&parts)))
    }

    /// The next moment at which the clock on the wall shows this time.
    package static func next(_ time: ClockTime, after now: Date) -> Date {
        let parts = split(now)
        func date(inDays days: Int32) -> Date {
            var day = parts
            day.tm_mday += days
            (day.tm_hour, day.tm_min, day.tm_sec) = (Int32(time.hour), Int32(time.minute), 0)
            day.tm_isdst = -1
            return Date(timeIntervalSince1970: TimeInterval(mktime(&day)))
        }
        let today = date(inDays: 0)
        return today > now ? today : date(inDays: 1)
    }

    private static func format(_ date: Date, _ pattern: String) -> String {
        var parts = split(date)
        var buffer = [CChar](repeating: 0, count: 64)
        let count = strftime(&buffer, buffer.count, pattern, &parts)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func split(_ date: Date) -> tm {
        // `localtime_r` alone would keep the time zone of its first call.
        tzset()
        var seconds = time_t(date.timeIntervalSince1970)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return parts
    }
}
