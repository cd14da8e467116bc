import FoundationEssentials
import Glibc
import SessionHealth

/// The processes of one session (`setsid`), found in /proc, including those in other process groups.
package struct ProcessSession {
    private let id: pid_t

    package init(_ id: pid_t) { self.id = id }

    package var members: [pid_t] { ProcessSession.processes.filter { getsid($0) == id } }

    private static var processes: [pid_t] { Folder.names(in: "/proc").compactMap { pid_t($0) } }

    /// Bytes of an environment.
    private static let limit = 1 << 20
    /// The processes of this user that lead a session.
    static var leaders: [pid_t] { processes.filter { getsid($0) == $0 } }

    /// Seconds since it started; nil if it is gone.
    static func age(of pid: pid_t) -> TimeInterval? {
        guard let ticks = ChildProcess.startTime(of: pid) else { return nil }
        return EventLoop.now().boot - TimeInterval(ticks) / TimeInterval(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Whether its environment has this variable, `NAME=VALUE`.
    static func holds(_ pid: pid_t, _ variable: String) -> Bool { rest(of: pid, after: variable) == "" }

    /// What follows this in one of the variables in its environment; nil if none begins so. There may be secrets in it: of
    /// the others, nothing is kept. Nobody else's can be read.
    static func rest(of pid: pid_t, after beginning: String) -> String? {
        var found: String?
        _ = try? FileContent(of: "/proc/\(pid)/environ", limit: limit) { bytes in
            found = bytes.split(separator: 0).first { $0.starts(with: beginning.utf8) }
                .map { String(decoding: $0.dropFirst(beginning.utf8.count), as: UTF8.self) }
            for index in bytes.indices { bytes[index] = 0 }
        }
        return found
    }

    package func signal(_ number: Int32) {
        for pid in members { kill(pid, number) }
    }
}
