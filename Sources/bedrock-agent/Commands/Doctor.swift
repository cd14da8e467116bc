import ArgumentParser
import FoundationEssentials
import Glibc
import Host
import SessionHealth

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check every layer, from programs to models, and print a fix for each problem.",
        discussion: "Exit status: 0 all is well; 1 warnings; 2 failures; 64 usage error.")

    @Flag(help: "Skip checks that need the network.")
    var offline = false

    @Flag(help: "Print the checks as a JSON object.")
    var json = false

    func run() throws {
        let clock = Stopwatch()
        let environment = ProcessInfo.processInfo.environment
        let examination = Examination(shell: environment, clock: clock)
        let checkup = Checkup(
            ProgramChecks(examination: examination).checks() + FileChecks(examination: examination).checks()
                + SettingsChecks(examination: examination).checks()
                + OwnConfigChecks(examination: examination).checks() + ProfileChecks(examination: examination).checks()
                + SessionChecks(examination: examination).checks()
                + NetworkChecks(examination: examination, isOffline: offline).checks()
                + ServiceChecks(examination: examination).checks())
        if json {
            StandardOutput.write(checkup.json + [UInt8(ascii: "\n")])
        } else {
            let style = Style(for: STDOUT_FILENO, environment: environment)
            StandardOutput.write(Array(CheckupText(checkup, style: style, home: examination.paths.home).text.utf8))
        }
        if checkup.worst != .pass { throw ExitCode(checkup.worst.exitStatus) }
    }
}
