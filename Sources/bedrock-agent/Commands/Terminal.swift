import Glibc
import Host

/// Other programs run by a command, to their end.
enum Terminal {
    /// Lends this terminal to a program.
    /// - Returns: its exit status, or the negated signal.
    static func run(_ command: [String]) throws -> Int32 {
        try status(of: start(command, output: nil))
    }

    /// How many characters fit on a line; 80 where nobody knows.
    static var width: Int {
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col >= 20 ? Int(size.ws_col) : 80
    }

    /// Runs a program and returns what it prints.
    static func read(_ command: [String]) throws -> String {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("make a pipe for", command[0]) }
        let reading = OwnedDescriptor(ends[0])
        let pid = try start(command, output: OwnedDescriptor(ends[1]))
        var output: [UInt8] = []
        while output.count < 1 << 20 {
            var count = 0
            output += [UInt8](unsafeUninitializedCapacity: 4096) { buffer, initialized in
                count = Glibc.read(reading.number, buffer.baseAddress, buffer.count)
                initialized = max(0, count)
            }
            if count <= 0 { break }
        }
        _ = try status(of: pid)
        return String(decoding: output, as: UTF8.self)
    }

    private static func start(_ command: [String], output: OwnedDescriptor?) throws(SystemError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let output { posix_spawn_file_actions_adddup2(&actions, output.number, STDOUT_FILENO) }
        var arguments = command.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, command[0], &actions, nil, &arguments, environ)
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
