import FoundationEssentials
import Host
import SessionHealth

/// The programs that run beside the daemon: refreshes, and the one sign-in.
final class RunningPrograms {
    private let launcher: Launcher
    /// Found at the start: an upgrade may move what this process was started from.
    private let programs = Programs()
    private let folder: ClaudeFolder
    private let passed: PassedDescriptors
    private let tell: (Event) -> Void
    private var refreshes: [String: any RunningProgram] = [:]
    private var signIn: (any RunningProgram)?
    /// By the number of the message: two about one session may be under way.
    private var notifies: [Int: any RunningProgram] = [:]
    private var messages = 0
    private var setUp: (any RunningProgram)?

    /// What the service manager keeps the output of a sign-in as.
    private static let keptName = "sign-in"
    /// Bytes of what a refresh or `notify` prints.
    private static let mostOutput = 65536

    /// - Parameter passed: what an earlier daemon left, perhaps the output of its sign-in.
    init(
        _ loop: EventLoop, folder: ClaudeFolder, passed: PassedDescriptors, tell: @escaping (Event) -> Void
    ) {
        launcher = Launcher(loop, environment: folder.own, stateFolder: folder.paths.stateFolder)
        self.folder = folder
        self.passed = passed
        self.tell = tell
    }

    func start(_ order: RefreshOrder) {
        let name = order.session.name
        var output: [UInt8] = []
        do {
            let claude = environment(order.claudeFolder)
            var program = try Program(order, folder.paths, programs, environment: claude.merged)
            program.variables = claude.variables
            refreshes[name] = try launcher.run(
                program,
                onOutput: { output += $0.prefix(RunningPrograms.mostOutput - output.count) },
                onEnd: { [unowned self] ending in
                    refreshes[name] = nil
                    tell(.refreshEnded(session: name, ending, output: output))
                })
        } catch {
            let failed = RefreshOutcome.failed(reason: "\(error)")
            tell(.refreshEnded(session: name, .unknown, output: failed.json))
        }
    }

    func start(_ order: SignInOrder) {
        do {
            var program = Program(order, programs)
            program.variables.merge(environment(order.claudeFolder).variables) { ours, _ in ours }
            let running = try launcher.run(
                program, onOutput: { [unowned self] in tell(.signInOutput($0)) },
                onEnd: { [unowned self] in ended($0) })
            keep(running, order.record)
        } catch {
            tell(.signInEnded(.cannotStart("\(error)")))
        }
    }

    func start(_ order: NotifyOrder) {
        let name = order.session.name
        messages += 1
        let number = messages
        var output: [UInt8] = []
        do {
            var program = Program(order)
            program.variables = environment(order.claudeFolder).variables
            notifies[number] = try launcher.run(
                program,
                onOutput: { output += $0.prefix(RunningPrograms.mostOutput - output.count) },
                onEnd: { [unowned self] ending in
                    notifies[number] = nil
                    tell(.notifyEnded(session: name, ending, output: output))
                })
        } catch {
            tell(.notifyEnded(session: name, .cannotStart("\(error)"), output: []))
        }
    }

    /// The person has agreed to it. Its own sign-in ends before the time limit.
    func startSetUp() {
        var output: [UInt8] = []
        do {
            let agent = programs.folder.map { "\($0)/bedrock-agent" } ?? "bedrock-agent"
            var program = Program(
                .setUp, key: "setup", summary: "Sets Claude Code up, as its user has agreed to",
                command: [agent, "setup", "--yes", "--no-enable"], timeout: 300)
            program.variables = environment(nil).variables
            setUp = try launcher.run(
                program,
                onOutput: { output += $0.prefix(RunningPrograms.mostOutput - output.count) },
                onEnd: { [unowned self] ending in
                    setUp = nil
                    tell(.setUpEnded(ending, output: output))
                })
        } catch {
            tell(.setUpEnded(.cannotStart("\(error)"), output: []))
        }
    }

    /// Of a program for one of the other folders, or for our own.
    private func environment(_ other: String?) -> ClaudeEnvironment {
        ClaudeEnvironment(other.map(folder.other) ?? folder)
    }

    func stopSignIn() { signIn?.terminate() }

    func adopt(_ record: AgentState.RunningSignIn, timeLeft: TimeInterval) {
        do {
            let program = try launcher.adopt(
                record, output: passed.take(RunningPrograms.keptName), timeLeft: timeLeft,
                onOutput: { [unowned self] in tell(.signInOutput($0)) }, onEnd: { [unowned self] in ended($0) })
            keep(program, record)
        } catch {
            tell(.signInEnded(.unknown))
        }
    }

    private func keep(_ program: any RunningProgram, _ record: AgentState.RunningSignIn) {
        var record = record
        signIn = program
        program.note(in: &record)
        tell(.signInStarted(record))
        if let output = program.keptOutput { ServiceNotify.keep(output, as: RunningPrograms.keptName) }
    }

    private func ended(_ ending: ProgramEnding) {
        signIn = nil
        tell(.signInEnded(ending))
    }

    func forgetOutput() { ServiceNotify.forget(RunningPrograms.keptName) }

    /// The sign-ins that run now; nil where nobody could be asked.
    func signIns() -> [AgentState.RunningSignIn]? { try? launcher.runningSignIns() }
}
