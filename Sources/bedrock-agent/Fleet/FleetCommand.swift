import ArgumentParser
import FoundationEssentials
import Glibc
import Host
import SessionHealth

struct FleetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet",
        abstract: "Show the state of many machines, from the journals that they upload.",
        discussion: """
            Reads what systemd-journal-remote has collected from machines that run systemd-journal-upload: users by \
            condition, 8-hour profiles, sign-ins, work time lost, versions, machines that have fallen silent, and what to \
            do first. Nothing is sent anywhere.
            """)

    @Option(help: ArgumentHelp("The folder of the collected journals.", valueName: "folder"), completion: .directory)
    var directory = "/var/log/journal/remote"

    @Option(help: ArgumentHelp("Count what happened since then, such as 7d or 2026-11-24.", valueName: "when"))
    var since = "7d"

    @Option(
        name: .customLong("silent-after"),
        help: ArgumentHelp(
            "How long a machine may say nothing. One that is used writes daily.", valueName: "time"))
    var silentAfter = "3d"

    @Flag(help: "Print the report as JSON.")
    var json = false

    @Option(
        help: ArgumentHelp("Also write the report as a page into this file.", valueName: "file"),
        completion: .file(extensions: ["html"]))
    var html: String?

    func validate() throws {
        do {
            _ = try PointInTime(parsing: since)
        } catch {
            throw ValidationError("--since \(error)")
        }
        do {
            _ = try TimeSpan.parse(silentAfter)
        } catch {
            throw ValidationError("--silent-after is \(error)")
        }
    }

    func run() throws {
        let now = EventLoop.now().wall
        let start = LocalTime.date(of: try PointInTime(parsing: since), now: now)
        guard start <= now else {
            throw Failure("--since \(since) has not come yet: give a time before now, such as 7d or yesterday")
        }
        var fleet = Fleet(since: start, now: now)
        var journals = try open()
        journals.read(into: &fleet)
        if let error = journals.unread.first(where: { $0.number == EACCES }) { throw barred(error) }
        for error in journals.unread.prefix(Self.mostErrors) {
            StandardError.write("bedrock-agent: \("\(error)".printable); not all that it has is counted\n")
        }
        let silence = Double(try TimeSpan.parse(silentAfter).components.seconds)
        let report = FleetReport(fleet, silence: silence, unreadFiles: journals.unread.count)
        guard report.machines > 0 else {
            throw Failure(
                "no entries of bedrock-agent since \(LocalTime.full(start)) in \(directory): see whether machines upload"
                    + " there (systemctl status systemd-journal-remote), or give another --directory or --since")
        }
        if let html { try AtomicWrite.replace(html, by: Array(FleetPage(report).html.utf8), mode: 0o644) }
        if json {
            StandardOutput.write(report.json + [UInt8(ascii: "\n")])
        } else {
            StandardOutput.write(Array(FleetText(report) { LocalTime.text($0, now: now) }.text.utf8))
        }
    }

    private static let mostErrors = 10

    private func open() throws -> CollectedJournals {
        do throws(SystemError) {
            return try CollectedJournals(in: directory)
        } catch {
            switch error.number {
            case EACCES: throw barred(error)
            case ENOENT:
                throw Failure(
                    "there is no folder \(directory): install systemd-journal-remote, or give the folder of the collected"
                        + " journals with --directory")
            default: throw Failure("\(error)")
            }
        }
    }

    private func barred(_ error: SystemError) -> Failure {
        Failure("\(error): run sudo bedrock-agent fleet")
    }
}
