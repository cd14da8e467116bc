import Glibc

/// Signals blocked in this thread, until `restore`.
package struct BlockedSignals {
    /// Signals that end a command: Ctrl-C, a request to terminate, the loss of the terminal.
    package static let endings = [SIGINT, SIGTERM, SIGHUP]

    /// The signal mask from before.
    package private(set) var before = sigset_t()
    private let ignored: [(number: Int32, handler: __sighandler_t?)]

    /// - Parameters:
    ///   - numbers: signals to block; they stay pending until unblocked.
    ///   - ignoring: signals that the whole process ignores.
    package init(_ numbers: [Int32], ignoring: [Int32] = []) {
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        ignored = ignoring.map { ($0, signal($0, SIG_IGN)) }
        pthread_sigmask(SIG_BLOCK, &set, &before)
    }

    /// Restores the previous mask and handlers.
    package func restore() {
        var before = before
        pthread_sigmask(SIG_SETMASK, &before, nil)
        for (number, handler) in ignored { signal(number, handler) }
    }
}
