import Glibc
import Host

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
        for signal in BlockedSignals.endings {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { Interruption.number = sig_atomic_t($0) }
            sigaction(signal, &action, nil)
        }
    }

    /// - Throws: `Cancelled` where one has come.
    static func check() throws {
        if number != 0 { throw Cancelled() }
    }

    /// Waits for something to read on stdin.
    /// - Returns: false where one of the signals has come, also one just before the call.
    static func waitForInput() -> Bool {
        let blocked = BlockedSignals(BlockedSignals.endings)
        defer { blocked.restore() }
        guard number == 0 else { return false }
        // Standard input is descriptor 0.
        var reading = fd_set()
        reading.__fds_bits.0 = 1
        var before = blocked.before
        return pselect(1, &reading, nil, nil, nil, &before) > 0
    }
}
