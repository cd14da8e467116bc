import FoundationEssentials
import SessionHealth

/// Has programs run beside the daemon: as transient units where the daemon is a user service itself, else as plain
/// children.
package final class Launcher {
    private let loop: EventLoop
    private let environment: [String: String]
    private let manager: UserManager?

    package init(_ loop: EventLoop, environment: [String: String]) {
        self.loop = loop
        self.environment = environment
        manager = UserManager(loop, environment: environment)
    }

    /// Starts a program.
    /// - Parameters:
    ///   - onOutput: gets what it writes, as it comes.
    ///   - onEnd: called once, when it has ended and its output was read; never before this returns.
    package func run(
        _ program: Program, onOutput: @escaping ([UInt8]) -> Void, onEnd: @escaping (ProgramEnding) -> Void
    ) throws(SystemError) -> any RunningProgram {
        guard let manager else {
            return try ChildProcess(
                loop, program.command, environment: environment, timeout: program.timeout,
                outlivesUs: program.purpose == .signIn, onOutput: onOutput, onEnd: onEnd)
        }
        return try TransientUnit(manager, program, onOutput: onOutput, onEnd: onEnd)
    }

    /// Waits for a sign-in that an earlier daemon started.
    /// - Parameters:
    ///   - output: the reading end of its output, where the service manager kept that for us.
    ///   - timeLeft: seconds until it is ended.
    /// - Throws: when it runs no more.
    package func adopt(
        _ record: AgentState.RunningSignIn, output: OwnedDescriptor?, timeLeft: TimeInterval,
        onOutput: @escaping ([UInt8]) -> Void, onEnd: @escaping (ProgramEnding) -> Void
    ) throws(SystemError) -> any RunningProgram {
        guard let manager, let unit = record.unit else {
            return try AdoptedProcess(loop, record, timeLeft: timeLeft, onEnd: onEnd)
        }
        return try TransientUnit(
            manager, adopting: unit, output: output, timeLeft: timeLeft, onOutput: onOutput, onEnd: onEnd)
    }

    /// The units of sign-ins that run now, whoever remembers them. Units that failed while no daemon ran are forgotten.
    package func runningSignIns() throws -> [String] {
        try manager?.running([TransientUnit.pattern(.signIn), TransientUnit.pattern(.refresh)])
            .filter { TransientUnit.parts(of: $0, .signIn) != nil } ?? []
    }
}
