import FoundationEssentials
import Glibc
import SessionHealth

/// A lock between our own processes, held until it is released, or the process ends and with it every program that got
/// the descriptor.
package struct FileLock {
    /// How long to wait for a lock that another process holds.
    package enum Patience {
        case none
        /// So long as none of our commands needs it; somebody else may hold it for ever.
        case command
        /// Until something else ends this process.
        case endless
    }

    let descriptor: Int32

    /// Seconds, and the microseconds between two attempts.
    private static let longest: TimeInterval = 30
    private static let pause: UInt32 = 20_000

    /// Takes the lock, creating its file (0600) if missing. The file is never removed: two processes could then hold
    /// locks on different files.
    /// - Throws: `EWOULDBLOCK` if another process holds the lock, and has not released it in time.
    package init(_ path: String, _ patience: Patience = .command) throws(SystemError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw SystemError("open the lock", path) }
        let end = EventLoop.now().boot + FileLock.longest
        while flock(descriptor, patience == .endless ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
            let number = errno
            if number == EINTR { continue }
            if number == EWOULDBLOCK, patience == .command, EventLoop.now().boot < end {
                usleep(FileLock.pause)
                continue
            }
            close(descriptor)
            throw SystemError(
                number == EWOULDBLOCK ? "take the lock, which another process holds:" : "lock", path, number)
        }
    }

    /// Whether a process holds the lock. For the moment of the check, another process that takes it without waiting
    /// fails.
    package static func isTaken(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// Writes into its file, which says nothing else; what a disk has no room for is left out.
    func write(_ text: String) {
        let bytes = Array(text.utf8)
        guard ftruncate(descriptor, 0) == 0 else { return }
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }

    package func release() { close(descriptor) }
}
