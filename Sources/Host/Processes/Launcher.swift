import FoundationEssentials
import SessionHealth

/// Runs programs for the daemon: as transient units if the daemon itself is a user service, else as child processes.
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
    ///   - onOutput: gets its output as it arrives.
    ///   - onEnd: called once, when it has ended and its output has been read; never before this returns.
    package func run(
        _ program: Program, onOutput: @escaping ([UInt8]) -> Void, onEnd: @escaping (ProgramEnding) -> Void
    ) throws(SystemError) -> any RunningProgram {
        guard let manager else {
            return try ChildProcess(
                loop, program.command, environment: environment.merging(program.variables) { $1 },
                timeout: program.timeout,
                input: program.input, outlivesUs: program.purpose != .refresh, onOutput: onOutput, onEnd: onEnd)
        }
        return try TransientUnit(manager, program, onOutput: onOutput, onEnd: onEnd)
    }

    /// Waits for a sign-in that an earlier daemon started.
    /// - Parameters:
    ///   - output: the reading end of its output pipe, if the service manager stored it.
    ///   - timeLeft: seconds until it is ended.
    /// - Throws: if it is not running any more.
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

    /// The process of a sign-in that is none of the service manager's, by what it was started with and when.
    package func process(of lost: AgentState.RunningSignIn) -> AgentState.RunningSignIn? {
        guard manager == nil else { return nil }
        return ProcessSession.leaders(startedFrom: lost.startedAt, holding: Program.mark(of: lost)).first.map { pid in
            var found = lost
            found.pid = pid
            found.processStart = ChildProcess.startTime(of: pid)
            return found
        }
    }

    /// All running units of sign-ins, recorded or not. Resets units that failed while no daemon was running.
    package func runningSignIns() throws -> [String] {
        try manager?.running([.signIn, .refresh, .notify, .setUp].map { TransientUnit.pattern($0) })
            .filter { TransientUnit.parts(of: $0, .signIn) != nil } ?? []
    }
}
