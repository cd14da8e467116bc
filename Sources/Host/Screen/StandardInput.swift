import Glibc

/// What another program hands over on standard input.
package enum StandardInput {
    /// Reads to the end; nothing from a terminal, where nobody hands anything over.
    /// - Parameter limit: of what is kept, in bytes. The rest is read, too, so that whoever writes it gets rid of it.
    package static func read(limit: Int) -> [UInt8] {
        guard isatty(STDIN_FILENO) == 0 else { return [] }
        var bytes: [UInt8] = []
        while true {
            var count = 0
            let part = [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, initialized in
                count = Glibc.read(STDIN_FILENO, buffer.baseAddress, buffer.count)
                initialized = max(0, count)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                var more = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
                guard poll(&more, 1, -1) >= 0 || errno == EINTR else { return bytes }
                continue
            }
            guard count > 0 else { return bytes }
            bytes += part.prefix(max(0, limit - bytes.count))
        }
    }
}
