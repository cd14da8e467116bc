import Glibc

/// What a command prints. Who closed the other end has seen enough: that is no error.
package enum StandardOutput {
    /// Why something was not printed that somebody may still wait for: the command then ends with an error.
    nonisolated(unsafe) package private(set) static var failure: SystemError?

    /// Prints all of it, however slowly it is read.
    /// - Returns: false when nobody reads it, or it cannot be printed.
    @discardableResult
    package static func write(_ bytes: [UInt8]) -> Bool {
        do {
            try Stream.write(bytes, to: STDOUT_FILENO, named: "standard output")
            return true
        } catch {
            if error.number != EPIPE, failure == nil { failure = error }
            return false
        }
    }
}

/// What is said beside what a command prints. Where nobody can be told, nobody is.
package enum StandardError {
    package static func write(_ text: String) {
        try? Stream.write(Array(text.utf8), to: STDERR_FILENO, named: "standard error")
    }
}

private enum Stream {
    /// Writes all of it. The other end may be one that must not be waited for (`O_NONBLOCK`, as another program may
    /// have set it for all who share it): then what is waited for is that it takes more.
    static func write(_ bytes: [UInt8], to descriptor: Int32, named name: String) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard poll(&room, 1, -1) >= 0 || errno == EINTR else { throw SystemError("write to", name) }
            } else if errno != EINTR {
                throw SystemError("write to", name)
            }
        }
    }
}
