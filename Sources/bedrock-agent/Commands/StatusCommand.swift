import ArgumentParser
import FoundationEssentials
import Glibc
import Host
import SessionHealth

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the session's state, what happens next, and what to do.",
        discussion: """
            Exit status: 0 healthy; 1 a warning; 2 a sign-in is needed or under way; 3 the daemon is not running (the \
            state is then read from disk); 4 misconfigured or not guarded; 64 usage error. With --line, --waybar, \
            --metrics or --follow it is always 0.
            """)

    @Flag(help: "Print the status as JSON, as GetStatus returns it.")
    var json = false

    @Flag(help: "Print one short line, for a status bar or Claude Code's statusLine.")
    var line = false

    @Flag(help: "Print what Waybar takes from a custom module.")
    var waybar = false

    @Flag(help: "Print metrics for Prometheus.")
    var metrics = false

    @Option(
        help: ArgumentHelp(
            "With --metrics: put them into this file, which is replaced as a whole.", valueName: "file"),
        completion: .file(extensions: ["prom"]))
    var output: String?

    @Flag(help: "Go on with a line or an object for each change.")
    var follow = false

    func validate() throws {
        if [json, line, waybar, metrics].count(where: { $0 }) > 1 {
            throw ValidationError("--json, --line, --waybar and --metrics exclude each other")
        }
        if metrics && follow { throw ValidationError("--metrics and --follow exclude each other") }
        if output != nil && !metrics { throw ValidationError("--output goes with --metrics") }
    }

    func run() throws {
        let now = EventLoop.now()
        let environment = ProcessInfo.processInfo.environment
        if follow { return try StatusFollower(environment, form).run() }
        var answer = Self.status(environment, at: now)
        let isForPrograms = [.line, .waybar, .metrics].contains(form)
        if !isForPrograms { answer = ProjectFiles.added(to: answer, environment) }
        let bytes = form.bytes(answer.status, answer.json, now)
        if let output {
            try AtomicWrite.replace(output, by: bytes, mode: 0o644)
        } else {
            StandardOutput.write(bytes)
        }
        guard !isForPrograms else { return }
        let status = answer.status
        if status.exitStatus != 0 { throw ExitCode(status.exitStatus) }
    }

    /// How it is printed.
    enum Form {
        case text, json, line, waybar, metrics

        func bytes(_ status: Status, _ json: [UInt8], _ now: Moment) -> [UInt8] {
            func local(_ date: Date) -> String { LocalTime.text(date, now: now.wall) }
            let end = [UInt8(ascii: "\n")]
            switch self {
            case .text:
                let text = StatusText(status, now: now.wall, start: UserService.start, local: local)
                return Array(text.text.utf8)
            case .json: return json + end
            case .line: return Array(StatusLine(status, local: local).text.utf8) + end
            case .waybar: return StatusLine(status, local: local).waybar(now: now.wall) + end
            case .metrics: return Array(StatusMetrics(status, user: Machine.user, now: now.wall).text.utf8)
            }
        }
    }

    /// What is followed is one line or object at a time.
    private var form: Form {
        json ? .json : waybar ? .waybar : metrics ? .metrics : line || follow ? .line : .text
    }

    /// The daemon's answer; where it gives none, the same answer from the disk.
    static func status(_ environment: [String: String], at now: Moment) -> (status: Status, json: [UInt8]) {
        answer(environment, at: now) ?? readDisk(environment, at: now)
    }

    /// The daemon's answer; nil if it gives none, with the reason on stderr.
    ///
    /// A daemon that stops closes connections it has not answered; after a restart the next one has the same socket.
    private static func answer(
        _ environment: [String: String], at now: Moment, tries: Int = 3
    ) -> (Status, [UInt8])? {
        do {
            return try DaemonStatus.ask(environment, patience: 10, at: now)
        } catch let error as SystemError where tries > 1 && [ECONNRESET, EPIPE].contains(error.number) {
            return answer(environment, at: now, tries: tries - 1)
        } catch {
            let line = Array("bedrock-agent: the daemon does not answer: \("\(error)".printable)\n".utf8)
            _ = Glibc.write(STDERR_FILENO, line, line.count)
            return nil
        }
    }

    /// The same answer, made here from the same files by the same plan.
    private static func readDisk(_ environment: [String: String], at now: Moment) -> (Status, [UInt8]) {
        let reader = FactsOnDisk(environment: environment, at: now)
        reader.readAll(at: now)
        var status = reader.status(at: now)
        if let result = ServiceUnits.failure(Paths(environment: environment)) {
            status.findings.insert(.serviceFailed(result), at: 0)
        }
        return (status, status.json)
    }
}
