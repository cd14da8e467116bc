import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// The journal files that systemd-journal-remote has collected in a folder.
///
/// Each is read by itself, once, in any order: with thousands of them open at once, libsystemd would look at each for
/// each entry. One machine may be in several files, as where its address changes, and several in one; a machine is
/// settled when the last of its files has been read.
package struct CollectedJournals {
    private let folder: String
    private var known: Set<String> = []
    private var files: [File] = []
    /// How many of them are still to be read, by machine.
    private var left: [ID128: Int] = [:]
    /// Files that could not be read to their end, and why.
    package private(set) var unread: [SystemError] = []

    /// - Throws: if the folder cannot be read.
    package init(in folder: String) throws(SystemError) {
        self.folder = folder
        guard access(folder, R_OK | X_OK) == 0 else { throw SystemError("read", folder) }
        for path in newPaths() {
            do throws(SystemError) {
                let inode = CollectedJournals.inode(path)
                for machine in try OneJournal(path).machines() { left[machine, default: 0] += 1 }
                files.append(File(path: path, inode: inode))
            } catch {
                // It was renamed meanwhile: it is read by its new name.
                if error.number == ENOENT { known.remove(path) } else { unread.append(error) }
            }
        }
    }

    private struct File {
        var path: String
        /// systemd-journal-remote renames a file that is full, and begins another one of its name.
        var inode: UInt64?
    }

    private static func inode(_ path: String) -> UInt64? {
        var info = stat()
        return stat(path, &info) == 0 ? UInt64(info.st_ino) : nil
    }

    /// It is gone, or just being created.
    private static func isNothing(_ path: String) -> Bool {
        var info = stat()
        guard stat(path, &info) == 0 else { return errno == ENOENT }
        return info.st_mode & S_IFMT == S_IFREG && info.st_size == 0
    }

    /// Those that have not been there before, with something in them.
    private mutating func newPaths() -> [String] {
        let names = Folder.names(in: folder).filter { $0.hasSuffix(".journal") || $0.hasSuffix(".journal~") }.sorted()
        return names.map { "\(folder)/\($0)" }.filter { !Self.isNothing($0) && known.insert($0).inserted }
    }

    /// Hands over the agent's entries.
    package mutating func read(into fleet: inout Fleet) {
        for file in files { read(file, into: &fleet) }
        // Where one was renamed meanwhile, it has a new name, and its machines are not settled.
        for path in newPaths() {
            files.append(File(path: path))
            read(files[files.count - 1], into: &fleet)
        }
        fleet.settleAll()
        listen(into: &fleet)
    }

    private mutating func read(_ file: File, into fleet: inout Fleet) {
        let inode = CollectedJournals.inode(file.path)
        // It was renamed, or deleted for its age.
        guard inode != nil else { return }
        do throws(SystemError) {
            let journal = try OneJournal(file.path)
            try journal.read(into: &fleet)
            guard inode == file.inode else { return }
            for machine in try journal.machines() {
                left[machine, default: 1] -= 1
                if left[machine] == 0 { fleet.settle(machine) }
            }
        } catch {
            if error.number != ENOENT { unread.append(error) }
        }
    }

    /// Where somebody could not work, whatever was written last in that boot tells until when.
    private func listen(into fleet: inout Fleet) {
        let waiting = fleet.waiting
        guard !waiting.isEmpty else { return }
        for file in files {
            // What cannot be read here could not be read before.
            guard let journal = try? OneJournal(file.path), let machines = try? journal.machines() else { continue }
            for machine in machines {
                for boot in waiting[machine] ?? [] { try? journal.hear(of: machine, in: boot, into: &fleet) }
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

    /// Those that have entries here.
    func machines() throws(SystemError) -> [ID128] {
        try check(sd_journal_query_unique(journal, FleetEntry.Field.machine.name))
        var machines: [ID128] = []
        var data: UnsafeRawPointer?
        var length = 0
        while try check(sd_journal_enumerate_available_unique(journal, &data, &length)) > 0 {
            let value = UnsafeRawBufferPointer(start: data, count: length).dropFirst(Self.machinePrefix.utf8.count)
            if let id = ID128(String(decoding: value.prefix(FleetEntry.mostBytes), as: UTF8.self)) {
                machines.append(id)
            }
        }
        return machines
    }

    private static let machinePrefix = "\(FleetEntry.Field.machine.name)="

    func read(into fleet: inout Fleet) throws(SystemError) {
        try match(["SYSLOG_IDENTIFIER=bedrock-agent"])
        try check(sd_journal_seek_head(journal))
        var damage: SystemError?
        while try check(sd_journal_next(journal)) > 0 {
            do throws(SystemError) {
                fleet.take(try entry())
            } catch {
                damage = error
            }
        }
        // Where it cannot go on, libsystemd says that this was the end, and leaves the file out.
        var size: UInt64 = 0
        try check(sd_journal_get_usage(journal, &size))
        if size == 0 { damage = SystemError("read", path, EBADMSG) }
        if let damage { throw damage }
    }

    /// Takes the time of the last entry that a boot of a machine has here.
    func hear(of machine: ID128, in boot: ID128, into fleet: inout Fleet) throws(SystemError) {
        try match(["\(Self.machinePrefix)\(machine)", "_BOOT_ID=\(boot)"])
        try check(sd_journal_seek_tail(journal))
        guard try check(sd_journal_previous(journal)) > 0 else { return }
        fleet.hear(of: machine, in: boot, uptime: try time().uptime)
    }

    /// Only entries with all of these fields.
    private func match(_ fields: [String]) throws(SystemError) {
        sd_journal_flush_matches(journal)
        for field in fields { try check(sd_journal_add_match(journal, field, field.utf8.count)) }
    }

    private func time() throws(SystemError) -> (at: Double, boot: ID128, uptime: UInt64) {
        var wall: UInt64 = 0
        var uptime: UInt64 = 0
        var boot = sd_id128_t()
        try check(sd_journal_get_realtime_usec(journal, &wall))
        try check(sd_journal_get_monotonic_usec(journal, &uptime, &boot))
        let id = ID128(high: UInt64(bigEndian: boot.qwords.0), low: UInt64(bigEndian: boot.qwords.1))
        return (Double(wall) / 1_000_000, id, uptime)
    }

    private func entry() throws(SystemError) -> FleetEntry {
        let (at, boot, uptime) = try time()
        var entry = FleetEntry(at: at, boot: boot, uptime: uptime)
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
