import FoundationEssentials
import SessionHealth

/// Runs programs for the daemon: as transient units if the daemon itself is a user service, else as child processes.
package final class Launcher {
    private let loop: EventLoop
    private let environment: [String: String]
    private let stateFolder: String
    private let manager: UserManager?

    /// - Parameter stateFolder: tells the sign-ins of one daemon from those of another.
    package init(_ loop: EventLoop, environment: [String: String], stateFolder: String) {
        self.loop = loop
        self.environment = environment
        self.stateFolder = stateFolder
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
            let program = program.purpose == .signIn ? program.leading(stateFolder: stateFolder) : program
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

    /// The sign-ins that run now, recorded or not: each by its unit or process, with the key of its session in the place of
    /// the name. Resets units that failed while no daemon was running.
    /// - Throws: if nobody could be asked.
    package func runningSignIns() throws -> [AgentState.RunningSignIn] {
        guard let manager else {
            return ProcessSession.leaders.compactMap { Program.signIn(ledBy: $0, stateFolder: stateFolder) }
        }
        let units = try manager.running([.signIn, .refresh, .notify, .setUp].map { TransientUnit.pattern($0) })
        return units.compactMap { unit in
            guard let (key, startedAt) = TransientUnit.parts(of: unit, .signIn) else { return nil }
            var record = AgentState.RunningSignIn(session: key, startedAt: startedAt, isAutomatic: true)
            record.unit = unit
            return record
        }
    }
}
