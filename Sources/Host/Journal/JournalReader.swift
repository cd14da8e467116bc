import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// Reads this user's bedrock-agent entries from the journal.
package final class JournalReader {
    private let journal: OpaquePointer
    private let place: String
    /// The field names to read, besides `BEDROCK_…`.
    private static let wanted = ["MESSAGE", "MESSAGE_ID", "PRIORITY"]

    /// Opens the machine's journal, or the journal files in a folder.
    package init(folder: String?) throws(SystemError) {
        place = folder ?? "the journal"
        var opened: OpaquePointer?
        let result =
            if let folder {
                sd_journal_open_directory(&opened, folder, 0)
            } else {
                sd_journal_open(&opened, Int32(SD_JOURNAL_LOCAL_ONLY))
            }
        guard result >= 0, let opened else { throw SystemError("open", place, -result) }
        journal = opened
        for match in ["SYSLOG_IDENTIFIER=bedrock-agent", "_UID=\(getuid())"] {
            try check(sd_journal_add_match(journal, match, match.utf8.count))
        }
        // From here on, libsystemd notices entries added between two reads.
        try check(sd_journal_get_fd(journal))
    }

    deinit { sd_journal_close(journal) }

    /// Seeks to the last `count` entries, but to none older than `since`.
    package func seek(toLast count: Int, since: Date?) throws(SystemError) {
        let since = since.map { UInt64(max(0, $0.timeIntervalSince1970) * 1_000_000) } ?? 0
        try check(sd_journal_seek_tail(journal))
        var found = 0
        while try check(sd_journal_previous(journal)) > 0 {
            var time: UInt64 = 0
            try check(sd_journal_get_realtime_usec(journal, &time))
            // `next` continues after this entry.
            guard found < count, time >= since else { return }
            found += 1
        }
        try check(sd_journal_seek_head(journal))
    }

    /// The next entry; nil at the end. More may be added later.
    package func next() throws(SystemError) -> JournalEntry? {
        guard try check(sd_journal_next(journal)) > 0 else { return nil }
        var time: UInt64 = 0
        try check(sd_journal_get_realtime_usec(journal, &time))
        var fields: [String: String] = [:]
        sd_journal_restart_data(journal)
        var data: UnsafeRawPointer?
        var length = 0
        while try check(sd_journal_enumerate_available_data(journal, &data, &length)) > 0 {
            let field = UnsafeRawBufferPointer(start: data, count: length)
            guard let equals = field.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: field[..<equals], as: UTF8.self)
            guard JournalReader.wanted.contains(name) || name.hasPrefix("BEDROCK_") else { continue }
            fields[name] = String(decoding: field[(equals + 1)...], as: UTF8.self)
        }
        return JournalEntry(at: Date(timeIntervalSince1970: Double(time) / 1_000_000), fields: fields)
    }

    /// Waits until an entry may have been added, or standard output is closed at the other end.
    /// - Returns: false if standard output was closed.
    package func wait() throws(SystemError) -> Bool {
        var files = [
            pollfd(
                fd: try check(sd_journal_get_fd(journal)), events: Int16(try check(sd_journal_get_events(journal))),
                revents: 0),
            // No events requested: POLLERR and POLLHUP are always reported.
            pollfd(fd: STDOUT_FILENO, events: 0, revents: 0),
        ]
        // Where the kernel does not report every change, as on a network file system, it polls.
        let milliseconds: Int32 = try check(sd_journal_reliable_fd(journal)) > 0 ? -1 : 500
        guard poll(&files, nfds_t(files.count), milliseconds) >= 0 || errno == EINTR else {
            throw SystemError("wait for", place)
        }
        try check(sd_journal_process(journal))
        return files[1].revents & Int16(POLLERR | POLLHUP) == 0
    }

    /// Whether this machine keeps one.
    package static var isThere: Bool { roots.contains { !Folder.names(in: $0).isEmpty } }

    private static let roots = ["/var/log/journal", "/run/log/journal"]

    /// Whether there are journal files that this user may not read.
    package static func isBarred(folder: String?) -> Bool {
        let folders = folder.map { [$0] } ?? roots.flatMap { root in Folder.names(in: root).map { "\(root)/\($0)" } }
        return folders.contains { folder in
            access(folder, R_OK | X_OK) != 0
                || Folder.names(in: folder).contains {
                    $0.hasSuffix(".journal") && access("\(folder)/\($0)", R_OK) != 0
                }
        }
    }

    @discardableResult
    private func check(_ result: Int32) throws(SystemError) -> Int32 {
        guard result >= 0 else { throw SystemError("read", place, -result) }
        return result
    }
}
