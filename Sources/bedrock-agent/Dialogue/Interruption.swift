import Glibc

/// The person has left: Esc, Ctrl-C, or the terminal is gone.
struct Cancelled: Error {
    /// As a shell tells of a program that Ctrl-C ended.
    static let exitStatus: Int32 = 130
}

/// Ctrl-C and its like while a dialogue goes on: noted, for whoever asks next, so that what was begun can be taken back.
enum Interruption {
    nonisolated(unsafe) private static var number: sig_atomic_t = 0

    /// From now on these signals end a call that waits, and nothing else.
    static func watch() {
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { Interruption.number = sig_atomic_t($0) }
            sigaction(signal, &action, nil)
        }
    }

    /// - Throws: `Cancelled` where one has come.
    static func check() throws {
        if number != 0 { throw Cancelled() }
    }
}
