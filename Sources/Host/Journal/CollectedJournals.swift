import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// The journal files that systemd-journal-remote has collected in a folder.
///
/// Each is read by itself, in the order in which they begin: with thousands of them open at once, libsystemd would look at
/// each for each entry.
package struct CollectedJournals {
    private let folder: String
    private var files: [String] = []
    /// Files that could not be read to their end, and why.
    package private(set) var unread: [SystemError] = []

    /// - Throws: if the folder cannot be read.
    package init(in folder: String) throws(SystemError) {
        self.folder = folder
        guard access(folder, R_OK | X_OK) == 0 else { throw SystemError("read", folder) }
        var begun: [(start: UInt64, path: String)] = []
        for name in Folder.names(in: folder) where name.hasSuffix(".journal") || name.hasSuffix(".journal~") {
            let path = "\(folder)/\(name)"
            do throws(SystemError) {
                begun.append((try OneJournal(path).start(), path))
            } catch {
                unread.append(error)
            }
        }
        files = begun.sorted { ($0.start, $0.path) < ($1.start, $1.path) }.map(\.path)
    }

    /// Hands over the agent's entries, file by file.
    package mutating func read(into fleet: inout Fleet) {
        for file in files {
            do throws(SystemError) {
                try OneJournal(file).read(into: &fleet)
            } catch {
                unread.append(error)
            }
        }
    }
}

/// One file of a journal.
private final class OneJournal {
    private let journal: OpaquePointer
    private let path: String

    init(_ path: String) throws(SystemError) {
        self.path = path
        var opened: OpaquePointer?
        let result = path.withCString { name -> Int32 in
            var names: [UnsafePointer<CChar>?] = [name, nil]
            return sd_journal_open_files(&opened, &names, 0)
        }
        guard result >= 0, let opened else { throw SystemError("open", path, -result) }
        journal = opened
        // No value of ours is longer; a huge one is not even uncompressed.
        sd_journal_set_data_threshold(journal, FleetEntry.mostBytes + 64)
    }

    deinit { sd_journal_close(journal) }

    /// When its first entry was written, in microseconds since 1970.
    func start() throws(SystemError) -> UInt64 {
        var from: UInt64 = 0
        var until: UInt64 = 0
        return try check(sd_journal_get_cutoff_realtime_usec(journal, &from, &until)) > 0 ? from : 0
    }

    func read(into fleet: inout Fleet) throws(SystemError) {
        let match = "SYSLOG_IDENTIFIER=bedrock-agent"
        try check(sd_journal_add_match(journal, match, match.utf8.count))
        try check(sd_journal_seek_head(journal))
        while try check(sd_journal_next(journal)) > 0 {
            var time: UInt64 = 0
            guard try check(sd_journal_get_realtime_usec(journal, &time)) >= 0 else { continue }
            fleet.take(try entry(Double(time) / 1_000_000))
        }
    }

    private func entry(_ at: Double) throws(SystemError) -> FleetEntry {
        var entry = FleetEntry(at: at)
        sd_journal_restart_data(journal)
        var data: UnsafeRawPointer?
        var length = 0
        while try check(sd_journal_enumerate_available_data(journal, &data, &length)) > 0 {
            let bytes = UnsafeRawBufferPointer(start: data, count: length)
            guard let name = Self.names.first(where: { $0.bytes.count < length && bytes.starts(with: $0.bytes) })
            else { continue }
            let value = bytes.dropFirst(name.bytes.count).prefix(FleetEntry.mostBytes)
            entry[name.field] = String(decoding: value, as: UTF8.self)
        }
        return entry
    }

    /// With the `=` after them.
    private static let names = FleetEntry.Field.allCases.map { (field: $0, bytes: Array("\($0.name)=".utf8)) }

    @discardableResult
    private func check(_ result: Int32) throws(SystemError) -> Int32 {
        guard result >= 0 else { throw SystemError("read", path, -result) }
        return result
    }
}
