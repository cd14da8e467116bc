import Glibc

/// What a command prints. A reader that closes its end early (`| head`) is not an error.
package enum StandardOutput {
    /// The first write error, other than a closed pipe. The command then fails.
    nonisolated(unsafe) package private(set) static var failure: SystemError?

    /// Prints everything, however slow the reader is.
    /// - Returns: false if the output is closed or cannot be written.
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

/// Messages beside a command's output. If they cannot be written, that is ignored.
package enum StandardError {
    package static func write(_ text: String) {
        try? Stream.write(Array(text.utf8), to: STDERR_FILENO, named: "standard error")
    }
}

private enum Stream {
    /// Writes everything. Another program that shares the terminal or pipe may have set `O_NONBLOCK`; in that case,
    /// this waits until there is room.
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
