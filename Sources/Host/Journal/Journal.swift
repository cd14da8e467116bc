import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// Writes events to the journal if stderr is connected to it. Otherwise it prints lines to stderr: with local times on
/// a terminal or to a file, else with a syslog priority prefix (`<N>`).
package struct Journal {
    private let isNative: Bool
    private let isForPeople: Bool

    package init(environment: [String: String]) {
        var info = stat()
        let stderrIs = fstat(STDERR_FILENO, &info) == 0 ? "\(info.st_dev):\(info.st_ino)" : ""
        isNative = environment["JOURNAL_STREAM"] == stderrIs
        isForPeople = info.st_mode & S_IFMT == S_IFREG || isatty(STDERR_FILENO) == 1
    }

    package func record(_ event: JournalMessage) {
        guard isNative else {
            let newline = UInt8(ascii: "\n")
            let line = String(
                decoding: event.message.utf8.map { $0 == newline ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
            guard isForPeople else { return StandardError.write("<\(event.priority.rawValue)>\(line.printable)\n") }
            let now = EventLoop.now().wall
            let text = StatusText.localized(line) { LocalTime.text($0, now: now) }
            return StandardError.write("\(LocalTime.full(now))  \(text.printable)\n")
        }
        var fields = event.fields
        fields["MESSAGE"] = event.message
        fields["MESSAGE_ID"] = event.id.rawValue
        fields["PRIORITY"] = "\(event.priority.rawValue)"
        fields["SYSLOG_IDENTIFIER"] = "bedrock-agent"
        var entries = fields.map { Array("\($0.key)=\($0.value)".utf8) }
        sendv(&entries)
    }

    private func sendv(_ entries: inout [[UInt8]]) {
        let sizes = entries.map(\.count)
        var all = Array(entries.joined())
        let result = all.withUnsafeMutableBytes { buffer -> Int32 in
            var parts: [iovec] = []
            var offset = 0
            for size in sizes {
                parts.append(iovec(iov_base: buffer.baseAddress?.advanced(by: offset), iov_len: size))
                offset += size
            }
            return sd_journal_sendv(&parts, Int32(parts.count))
        }
        if result < 0 { StandardError.write("<4>cannot write to the journal: \(String(cString: strerror(-result)))\n") }
    }
}
