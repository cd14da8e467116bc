import Glibc

/// Signals that this thread does not get, until it gets them again.
package struct BlockedSignals {
    /// What ends a command: Ctrl-C, somebody's request, a terminal that is gone.
    package static let endings = [SIGINT, SIGTERM, SIGHUP]

    /// The mask from before.
    package private(set) var before = sigset_t()
    private let ignored: [(number: Int32, handler: __sighandler_t?)]

    /// - Parameters:
    ///   - numbers: wait until they are let through.
    ///   - ignoring: happen unnoticed, for all of the process.
    package init(_ numbers: [Int32], ignoring: [Int32] = []) {
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        ignored = ignoring.map { ($0, signal($0, SIG_IGN)) }
        pthread_sigmask(SIG_BLOCK, &set, &before)
    }

    /// Everything is as it was before.
    package func restore() {
        var before = before
        pthread_sigmask(SIG_SETMASK, &before, nil)
        for (number, handler) in ignored { signal(number, handler) }
    }
}
