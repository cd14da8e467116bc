import Glibc
import Host
import SessionHealth

/// Standard output for what another program reads, alone: whatever else is printed from here on, also by other programs, goes to stderr.
struct OutputForPrograms {
    private let descriptor: Int32

    init() {
        descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        dup2(STDERR_FILENO, STDOUT_FILENO)
    }

    func write(_ value: some Encodable) {
        write(JSONCoding.encode(value, isPretty: true) + [UInt8(ascii: "\n")])
    }

    func write(_ bytes: [UInt8]) {
        dup2(descriptor, STDOUT_FILENO)
        defer { dup2(STDERR_FILENO, STDOUT_FILENO) }
        StandardOutput.write(bytes)
    }
}
