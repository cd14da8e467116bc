import Glibc
import Host

/// Other programs run by a command, to their end.
enum ForegroundProgram {
    /// Lends this terminal to a program.
    /// - Returns: its exit status, or the negated signal.
    static func run(_ command: [String]) throws -> Int32 {
        try status(of: start(command))
    }

    private static func start(_ command: [String]) throws(SystemError) -> pid_t {
        var arguments = command.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, command[0], nil, nil, &arguments, environ)
        guard code == 0 else { throw SystemError("run", command[0], code) }
        return pid
    }

    private static func status(of pid: pid_t) throws(SystemError) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { throw SystemError("wait for process", "\(pid)") }
        }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
    }
}
