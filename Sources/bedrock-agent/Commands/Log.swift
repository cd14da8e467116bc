import ArgumentParser
import FoundationEssentials
import Glibc
import Host
import SessionHealth

struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the agent's entries in the journal.",
        discussion: """
            Without --since, shows the last 50 entries. --since takes an age ("1h", "20min"), "today", "yesterday", a \
            date ("2026-11-24"), or a date and time ("2026-11-24 10:00").
            """)

    @Flag(name: .shortAndLong, help: "Keep running, and show new entries as they arrive.")
    var follow = false

    @Option(help: ArgumentHelp("Show entries since then.", valueName: "when"))
    var since: String?

    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp("Show at most this many of the newest entries.", valueName: "n"))
    var lines: Int?

    @Flag(name: [.customShort("x"), .long], help: "Explain each kind of entry: what it means and what to do.")
    var explain = false

    @Flag(help: "Print one JSON object per line.")
    var json = false

    @Option(help: .hidden)
    var directory: String?

    func validate() throws {
        if let lines, lines < 0 { throw ValidationError("--lines must be 0 or more, not \(lines)") }
        do {
            _ = try since.map(PointInTime.init(parsing:))
        } catch {
            throw ValidationError("--since \(error)")
        }
    }

    func run() throws {
        let now = EventLoop.now().wall
        let since = try since.map { LocalTime.date(of: try PointInTime(parsing: $0), now: now) }
        var text = LogText(
            catalog: explain && !json ? try readCatalog() : nil,
            style: Style(for: STDOUT_FILENO))
        do {
            let reader = try JournalReader(folder: directory)
            try reader.seek(toLast: lines ?? (since == nil ? 50 : .max), since: since)
            var found = false
            repeat {
                while let entry = try reader.next() {
                    found = true
                    let shown = json ? entry.json + [UInt8(ascii: "\n")] : Array(text.lines(of: entry).utf8)
                    guard StandardOutput.write(shown) else { return }
                }
                if !found, lines != 0 { try sayNothingFound() }
                found = true
            } while try follow && reader.wait()
        } catch let error as SystemError {
            throw error.number == EACCES ? Log.barred : Failure("\(error); try journalctl --user -t bedrock-agent")
        }
    }

    /// - Throws: if there may be entries that this user cannot read.
    private func sayNothingFound() throws {
        guard !JournalReader.isBarred(folder: directory) else { throw Log.barred }
        guard directory != nil || JournalReader.isThere else {
            return StandardError.write(
                "bedrock-agent: there is no journal on this machine; a daemon that was started by hand (bedrock-agent daemon)"
                    + " prints its entries where it was started\n")
        }
        StandardError.write(
            "bedrock-agent: the journal has no matching entries (for the current state: bedrock-agent status)\n")
    }

    private static let barred = Failure(
        "no matching entries in the journal files that you may read, and others you may not read: join the group "
            + "systemd-journal (sudo usermod -aG systemd-journal $USER, then log in again), or try "
            + "journalctl --user -t bedrock-agent")

    private func readCatalog() throws -> Catalog {
        let path = try Programs().catalog
        guard let file = try FileContent(of: path, limit: 1 << 20) else {
            throw Failure("\(path), which contains the explanations, is missing: reinstall bedrock-agent")
        }
        return Catalog(parsing: file.bytes)
    }
}
