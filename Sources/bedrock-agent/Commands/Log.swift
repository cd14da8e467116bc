import ArgumentParser
import FoundationEssentials
import Glibc
import Host
import SessionHealth

struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what the agent did and said: its entries in the journal.",
        discussion: """
            Without --since, the last 50 entries. --since takes how long ago ("1h", "20min"), "today", "yesterday", a \
            day ("2026-11-24"), or a day and a time ("2026-11-24 10:00").
            """)

    @Flag(name: .shortAndLong, help: "Go on, and show new entries as they come.")
    var follow = false

    @Option(help: ArgumentHelp("Show what was said since then.", valueName: "when"))
    var since: String?

    @Option(
        name: [.customShort("n"), .long], help: ArgumentHelp("Show the newest, so many at most.", valueName: "n"))
    var lines: Int?

    @Flag(name: [.customShort("x"), .long], help: "Below each kind of entry, say what it means and what to do.")
    var explain = false

    @Flag(help: "Print a JSON object a line.")
    var json = false

    @Option(help: .hidden)
    var directory: String?

    func validate() throws {
        if let lines, lines < 0 { throw ValidationError("--lines \(lines) is less than none") }
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
            throw error.number == EACCES ? Log.barred : Failure("\(error); journalctl --user -t bedrock-agent may do")
        }
    }

    /// - Throws: when entries may be there that this user cannot read.
    private func sayNothingFound() throws {
        guard !JournalReader.isBarred(folder: directory) else { throw Log.barred }
        StandardError.write("bedrock-agent: the journal has no such entry (bedrock-agent status: how things stand)\n")
    }

    private static let barred = Failure(
        "none of the journal files that you may read has such an entry, and others you may not read: become a member of "
            + "the group systemd-journal (sudo usermod -aG systemd-journal $USER, then log in anew), or see "
            + "journalctl --user -t bedrock-agent")

    private func readCatalog() throws -> Catalog {
        let path = try Programs().catalog
        guard let file = try FileContent(of: path, limit: 1 << 20) else {
            throw Failure("\(path) is missing, which holds the explanations: install bedrock-agent anew")
        }
        return Catalog(parsing: file.bytes)
    }
}
