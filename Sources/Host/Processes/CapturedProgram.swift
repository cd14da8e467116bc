import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// A program that a command has run to its end, in a session of its own with a time limit, and what it printed.
package struct CapturedProgram {
    package private(set) var output: [UInt8] = []
    package private(set) var errors: [UInt8] = []
    package private(set) var ending = ProgramEnding.unknown

    /// Bytes of each that are kept; no program that is asked something says more.
    private static let limit = 8 << 20

    /// Runs it, and waits. A signal that ends this process ends the program first.
    /// - Parameters:
    ///   - command: the path of the program, or its name in `PATH`, and its arguments. Never a secret.
    ///   - timeout: seconds until all of its session is ended.
    /// - Throws: when it cannot be started.
    package init(_ command: [String], environment: [String: String], timeout: TimeInterval) throws(SystemError) {
        // sd_event takes over these signals; a command that does not run on it gets its own mask back.
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
        // What ends a command ends the program too, which is in a session of its own.
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

    /// What it printed, when it ended with 0.
    package var text: String { String(decoding: output, as: UTF8.self) }

    /// The last line that it wrote to stderr, else to stdout; nil where it said nothing.
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

/// What has come so far.
private final class Captured {
    var output: [UInt8] = []
    var errors: [UInt8] = []
    var ending: ProgramEnding?
    /// The one that is to end this process.
    var signal: Int32?
}
