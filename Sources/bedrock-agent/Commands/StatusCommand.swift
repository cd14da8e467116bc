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
            state is then read from disk); 4 misconfigured or not guarded; 64 usage error.
            """)

    @Flag(help: "Print the status as JSON, as GetStatus returns it.")
    var json = false

    func run() throws {
        let now = EventLoop.now()
        let environment = ProcessInfo.processInfo.environment
        let paths = Paths(environment: environment)
        let answer = answer(of: paths) ?? readDisk(paths, environment, at: now)
        let (status, bytes) = ProjectFiles.added(to: answer, paths, environment)
        if json {
            StandardOutput.write(bytes + [UInt8(ascii: "\n")])
        } else {
            let text = StatusText(status, now: now.wall, local: { LocalTime.text($0, now: now.wall) }).text
            StandardOutput.write(Array(text.utf8))
        }
        if status.exitStatus != 0 { throw ExitCode(status.exitStatus) }
    }

    /// The daemon's answer; nil if it gives none, with the reason on stderr.
    ///
    /// A daemon that stops closes connections it has not answered; after a restart the next one has the same socket.
    private func answer(of paths: Paths, tries: Int = 3) -> (Status, [UInt8])? {
        do {
            return try askDaemon(paths)
        } catch let error as SystemError where tries > 1 && [ECONNRESET, EPIPE].contains(error.number) {
            return answer(of: paths, tries: tries - 1)
        } catch {
            let line = Array("bedrock-agent: the daemon does not answer: \(error)\n".utf8)
            _ = Glibc.write(STDERR_FILENO, line, line.count)
            return nil
        }
    }

    /// The daemon's answer and its bytes; nil where none runs.
    private func askDaemon(_ paths: Paths) throws -> (Status, [UInt8])? {
        guard let client = try VarlinkClient.connect(to: paths.controlSocket) else { return nil }
        client.setTimeout(10)
        return try client.status()
    }

    /// The same answer, made here from the same files by the same plan.
    private func readDisk(_ paths: Paths, _ environment: [String: String], at now: Moment) -> (Status, [UInt8]) {
        let reader = FactsOnDisk(paths: paths, environment: environment, at: now)
        reader.readAll(at: now)
        let plan = plan(for: reader.facts, at: now)
        var status = Status(
            reader.facts, plan, at: now.wall, daemon: .init(running: false, version: Version.current))
        if let result = ServiceUnits.failure(paths) {
            status.findings.insert(.serviceFailed(result), at: 0)
        }
        return (status, status.json)
    }
}
