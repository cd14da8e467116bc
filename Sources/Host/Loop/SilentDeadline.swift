import Glibc

/// An end of this process that cannot be late, whatever it waits for: a silent, successful one.
package enum SilentDeadline {
    /// - Parameter seconds: from now on.
    package static func set(seconds: Int) {
        signal(SIGALRM) { _ in _exit(0) }
        var alarm = sigset_t()
        sigemptyset(&alarm)
        sigaddset(&alarm, SIGALRM)
        // Whoever started it may have blocked it.
        sigprocmask(SIG_UNBLOCK, &alarm, nil)
        Glibc.alarm(UInt32(seconds))
    }
}
