import FoundationEssentials
import Glibc
import Host

/// Prints one line, or several.
func say(_ line: String) { StandardOutput.write(Array((line + "\n").utf8)) }

/// Times as the user's clock on the wall shows them.
enum LocalTime {
    /// `18:40` today, `Tue 24 Nov 18:40` on another day.
    static func text(_ date: Date) -> String {
        let isToday = format(date, "%F") == format(Date.now, "%F")
        return format(date, isToday ? "%H:%M" : "%a %e %b %H:%M")
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
