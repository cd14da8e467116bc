import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// A program that a command has run to completion, in its own session with a time limit, and its output.
package struct CapturedProgram {
    package private(set) var output: [UInt8] = []
    package private(set) var errors: [UInt8] = []
    package private(set) var ending = ProgramEnding.unknown

    /// Bytes to keep of each stream; no expected output is longer.
    private static let limit = 8 << 20

    /// Runs the program and waits for it. A signal that ends this process ends the program first.
    /// - Parameters:
    ///   - command: the program's path, or its name in `PATH`, and its arguments. Never a secret.
    ///   - timeout: seconds until the whole session is ended.
    /// - Throws: if it cannot be started.
    package init(_ command: [String], environment: [String: String], timeout: TimeInterval) throws(SystemError) {
        // sd_event needs these signals blocked; the previous mask is restored for the rest of the command.
        let blocked = BlockedSignals(BlockedSignals.endings + [SIGCHLD])
        let captured = Captured()
        defer {
            blocked.restore()
            if let number = captured.signal { raise(number) }
        }
        let loop = try EventLoop()
        let process = try ChildProcess(
            loop, command, environment: environment, timeout: timeout,
            onErrors: { captured.errors = Self.adding($0, to: captured.errors) },
            onOutput: { captured.output = Self.adding($0, to: captured.output) }, onEnd: { captured.ending = $0 })
        // Passes on signals that end the command: the program's session is separate, so it would not get them.
        let sources = try BlockedSignals.endings.map { number throws(SystemError) in
            try loop.signal(number) {
                captured.signal = number
                process.terminate()
            }
        }
        withExtendedLifetime((process, sources)) {
            while captured.ending == nil { _ = loop.runOnce(timeout: 1_000_000) }
        }
        output = captured.output
        errors = captured.errors
        ending = captured.ending ?? .unknown
    }

    /// Its standard output.
    package var text: String { String(decoding: output, as: UTF8.self) }

    /// The last nonblank line of stderr, or else of stdout; nil if there is none.
    package var lastLine: String? {
        for bytes in [errors, output] {
            let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            if let line = lines.last(where: { !$0.allSatisfy(\.isWhitespace) }) { return String(line.prefix(400)) }
        }
        return nil
    }

    private static func adding(_ bytes: [UInt8], to kept: [UInt8]) -> [UInt8] {
        kept + bytes.prefix(limit - kept.count)
    }
}

/// What has been received so far.
private final class Captured {
    var output: [UInt8] = []
    var errors: [UInt8] = []
    var ending: ProgramEnding?
    /// The signal that is to end this process.
    var signal: Int32?
}
