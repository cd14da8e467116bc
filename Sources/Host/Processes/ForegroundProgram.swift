import Glibc

/// Runs other programs to completion for a command.
package enum ForegroundProgram {
    /// Runs a program on this terminal.
    /// - Returns: its exit status, or the negated signal.
    package static func run(_ command: [String]) throws(SystemError) -> Int32 {
        let pid = try Spawn.here(command)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { throw SystemError("wait for process", "\(pid)") }
        }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
    }
}
