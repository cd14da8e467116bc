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
        let answer = answer(environment, at: now) ?? readDisk(environment, at: now)
        let (status, bytes) = ProjectFiles.added(to: answer, environment)
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
    private func answer(
        _ environment: [String: String], at now: Moment, tries: Int = 3
    ) -> (Status, [UInt8])? {
        do {
            return try DaemonStatus.ask(environment, patience: 10, at: now)
        } catch let error as SystemError where tries > 1 && [ECONNRESET, EPIPE].contains(error.number) {
            return answer(environment, at: now, tries: tries - 1)
        } catch {
            let line = Array("bedrock-agent: the daemon does not answer: \(error)\n".utf8)
            _ = Glibc.write(STDERR_FILENO, line, line.count)
            return nil
        }
    }

    /// The same answer, made here from the same files by the same plan.
    private func readDisk(_ environment: [String: String], at now: Moment) -> (Status, [UInt8]) {
        let reader = FactsOnDisk(environment: environment, at: now)
        reader.readAll(at: now)
        var status = reader.status(at: now)
        if let result = ServiceUnits.failure(Paths(environment: environment)) {
            status.findings.insert(.serviceFailed(result), at: 0)
        }
        return (status, status.json)
    }
}
