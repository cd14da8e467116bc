import Glibc

/// A lock between our own processes, held until it is released, or the process ends and with it every program that got
/// the descriptor.
package struct FileLock {
    let descriptor: Int32

    /// Takes the lock, creating its file (0600) if missing. The file is never removed: two processes could then hold
    /// locks on different files.
    /// - Throws: `EWOULDBLOCK` if another process holds the lock and `waits` is false.
    package init(_ path: String, waits: Bool = true) throws(SystemError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemError("open the lock", path) }
        while flock(descriptor, waits ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
            let number = errno
            if number == EINTR { continue }
            close(descriptor)
            throw SystemError("lock", path, number)
        }
    }

    /// Whether a process holds the lock. For the moment of the check, another process that takes it without waiting
    /// fails.
    package static func isTaken(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    package func release() { close(descriptor) }
}
