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
    /// Seconds between the decision to start a program and its start.
    private static let longestStart: TimeInterval = 10

    /// The processes of this user that lead a session, with such a variable, and were started then or soon after.
    /// - Parameter variable: `NAME=VALUE`.
    static func leaders(startedFrom time: Date, holding variable: String) -> [pid_t] {
        let elapsed = EventLoop.now().wall.timeIntervalSince(time)
        return processes.filter { pid in
            guard getsid(pid) == pid, let age = age(of: pid) else { return false }
            let delay = elapsed - age
            // The record holds whole seconds.
            return (-1...longestStart).contains(delay) && holds(pid, variable)
        }
    }

    /// Seconds since it started; nil if it is gone.
    static func age(of pid: pid_t) -> TimeInterval? {
        guard let ticks = ChildProcess.startTime(of: pid) else { return nil }
        return EventLoop.now().boot - TimeInterval(ticks) / TimeInterval(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Whether its environment has this variable, `NAME=VALUE`. There may be secrets in it: of that, nothing is kept. Nobody
    /// else's can be read.
    static func holds(_ pid: pid_t, _ variable: String) -> Bool {
        var found = false
        _ = try? FileContent(of: "/proc/\(pid)/environ", limit: limit) { bytes in
            found = bytes.split(separator: 0).contains { $0.elementsEqual(variable.utf8) }
            for index in bytes.indices { bytes[index] = 0 }
        }
        return found
    }

    package func signal(_ number: Int32) {
        for pid in members { kill(pid, number) }
    }
}
