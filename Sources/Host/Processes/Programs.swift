import Glibc
import SessionHealth

/// The paths of this executable and of what is installed with it.
///
/// Determined once, at startup: an upgrade may replace the executable, or move its folder, while it runs.
package struct Programs {
    private let here: Result<String, SystemError>

    package init() {
        here = Result { () throws(SystemError) in
            guard let link = try Folder.link(at: "/proc/self/exe") else { throw SystemError("find", "/proc/self/exe") }
            return Folder.holding(link.target)
        }
    }

    /// The folder of this executable; nil where that cannot be told.
    package var folder: String? { try? here.get() }

    /// The path of `bedrock-agent-net`: next to this executable in a build, or in `../libexec` when installed.
    package var net: String {
        get throws(SystemError) {
            let here = try here.get()
            let installed = "\(Folder.holding(here))/libexec/bedrock-agent-net"
            for candidate in ["\(here)/bedrock-agent-net", installed] where access(candidate, X_OK) == 0 {
                return candidate
            }
            throw SystemError("find", installed, ENOENT)
        }
    }

    /// The path of the first program with this name in `PATH`; nil if there is none.
    package static func inPath(_ name: String, _ environment: [String: String]) -> String? {
        (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map { "\($0)/\(name)" }
            .first { access($0, X_OK) == 0 }
    }

    /// The first of these programs that is not there: at its path, where `~` is the home folder, or in `PATH` by its name.
    /// - Parameter knowsPath: false if the programs are started with another `PATH`.
    package static func firstMissing(
        of programs: [String], knowsPath: Bool, home: String, _ environment: [String: String]
    ) -> String? {
        programs.first { ($0.contains("/") || knowsPath) && isMissing($0, home: home, environment) }
    }

    private static func isMissing(_ program: String, home: String, _ environment: [String: String]) -> Bool {
        if program.hasPrefix("~/") { return access(home + program.dropFirst(), X_OK) != 0 }
        return program.hasPrefix("/") ? access(program, X_OK) != 0 : inPath(program, environment) == nil
    }

    /// The path of the journal message catalog.
    package var catalog: String {
        get throws(SystemError) { "\(Folder.holding(try here.get()))/lib/systemd/catalog/bedrock-agent.catalog" }
    }
}
