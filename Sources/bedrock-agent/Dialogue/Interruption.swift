import Glibc
import Host

/// The person declined or left: no, Esc, Ctrl-C, or the terminal is gone.
struct Cancelled: Error {
    /// What a shell reports for a program that Ctrl-C ended.
    static let exitStatus: Int32 = 130
}

/// Ctrl-C and similar signals during a dialogue: remembered, so that what was begun can be undone before the command ends.
enum Interruption {
    nonisolated(unsafe) private static var number: sig_atomic_t = 0
    nonisolated(unsafe) private static var isResized: sig_atomic_t = 0
    nonisolated(unsafe) private static var before: [(signal: Int32, action: sigaction)] = []

    /// From now on these signals interrupt a blocking call, and do nothing else.
    static func watch() {
        for signal in BlockedSignals.endings {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { Interruption.number = sig_atomic_t($0) }
            var old = sigaction()
            sigaction(signal, &action, &old)
            before.append((signal, old))
        }
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in Interruption.isResized = 1 }
        var old = sigaction()
        sigaction(SIGWINCH, &action, &old)
        before.append((SIGWINCH, old))
    }

    /// Gives these signals back the effect that they had before `watch`.
    /// - Throws: `Cancelled` if one has come meanwhile.
    static func unwatch() throws {
        for (signal, action) in before {
            var action = action
            sigaction(signal, &action, nil)
        }
        before = []
        try check()
    }

    /// Whether the terminal has had another size since this was last asked.
    static func takeResize() -> Bool {
        guard number == 0, isResized != 0 else { return false }
        isResized = 0
        return true
    }

    /// - Throws: `Cancelled` if one has come.
    static func check() throws {
        if number != 0 { throw Cancelled() }
    }

    /// Waits for something to read on stdin.
    /// - Returns: false if one of the signals has come, even just before the call, or the terminal has another size.
    static func waitForInput() -> Bool {
        let blocked = BlockedSignals(BlockedSignals.endings + [SIGWINCH])
        defer { blocked.restore() }
        guard number == 0, isResized == 0 else { return false }
        // Standard input is descriptor 0.
        var reading = fd_set()
        reading.__fds_bits.0 = 1
        var before = blocked.before
        return pselect(1, &reading, nil, nil, nil, &before) > 0
    }
}
