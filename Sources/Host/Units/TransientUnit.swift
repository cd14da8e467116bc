import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// A program running as a transient unit of the user manager: visible to `systemctl --user`, with its own cgroup and
/// sandbox, and independent of this daemon.
package final class TransientUnit: RunningProgram {
    package private(set) var name: String
    private let manager: UserManager
    private let program: Program?
    private let onOutput: ([UInt8]) -> Void
    private let onEnd: (ProgramEnding) -> Void
    private var output: OutputPipe?
    private let deadline: SessionDeadline
    private var changes: BusMatch?
    private var isAsking = false
    private var hasEnded = false
    private var wantsNamespaces = false
    /// A first attempt showed that namespaces are not available.
    private var doesWithout = false
    private var telling: EventSource?

    /// Seconds after the time limit when the manager ends the unit itself, for the case that no daemon runs.
    private static let lastResort: TimeInterval = 5
    /// systemd's exit statuses for a failed user or mount namespace (`EXIT_USER`, `EXIT_NAMESPACE`).
    private static let namespaceFailures: Set<Int32> = [217, 226]

    /// Starts the program as a unit.
    package init(
        _ manager: UserManager, _ program: Program, onOutput: @escaping ([UInt8]) -> Void,
        onEnd: @escaping (ProgramEnding) -> Void
    ) throws(SystemError) {
        self.manager = manager
        self.program = program
        self.onOutput = onOutput
        self.onEnd = onEnd
        name = TransientUnit.newName(for: program)
        deadline = try SessionDeadline(manager.loop, timeout: program.timeout)
        manager.add(self)
        try start(program)
    }

    /// Waits for a unit that is already running.
    /// - Parameters:
    ///   - output: the reading end of its output pipe, if it was stored.
    ///   - timeLeft: seconds until it is ended.
    package init(
        _ manager: UserManager, adopting name: String, output: OwnedDescriptor?, timeLeft: TimeInterval,
        onOutput: @escaping ([UInt8]) -> Void, onEnd: @escaping (ProgramEnding) -> Void
    ) throws(SystemError) {
        self.manager = manager
        program = nil
        self.name = name
        self.onOutput = onOutput
        self.onEnd = onEnd
        deadline = try SessionDeadline(manager.loop, timeout: timeLeft)
        manager.add(self)
        if let output { self.output = try OutputPipe(manager.loop, adopting: output, onOutput: onOutput) }
        resume()
    }

    deinit { manager.remove(self) }

    /// A pattern that matches the units of all attempts.
    package static func pattern(_ purpose: Program.Purpose, key: String = "*") -> String {
        "bedrock-agent-\(purpose.rawValue)-\(key)-*.service"
    }

    /// A new name for each attempt: a browser left behind by a sign-in keeps that unit's name in use.
    private static func newName(for program: Program) -> String {
        let attempt = String(UInt64(EventLoop.now().wall.timeIntervalSince1970 * 1e6), radix: 16)
        return pattern(program.purpose, key: program.key).replacing("*", with: attempt)
    }

    /// The key and the start time in a unit's name.
    package static func parts(of unit: String, _ purpose: Program.Purpose) -> (key: String, startedAt: Date)? {
        let prefix = "bedrock-agent-\(purpose.rawValue)-"
        guard unit.hasPrefix(prefix), unit.hasSuffix(".service") else { return nil }
        let words = unit.dropFirst(prefix.count).dropLast(".service".count).split(separator: "-")
        guard words.count == 2, let microseconds = UInt64(words[1], radix: 16) else { return nil }
        return (String(words[0]), Date(timeIntervalSince1970: TimeInterval(microseconds) / 1e6))
    }

    package func terminate() { deadline.expire() }

    package func note(in record: inout AgentState.RunningSignIn) { record.unit = name }

    package var keptOutput: OwnedDescriptor? { output?.reading }

    // MARK: Starting

    private func start(_ program: Program) throws(SystemError) {
        _ = try manager.bus()
        let output = try OutputPipe(
            manager.loop, for: name, outlivesUs: program.purpose != .refresh, onOutput: onOutput)
        self.output = output
        manager.variables { [weak self] variables in
            guard let self else { return }
            guard let variables else { return self.end(.cannotStart("the user service manager does not answer")) }
            do throws(SystemError) {
                try self.request(program, variables, output)
            } catch {
                self.end(.cannotStart("\(error)"))
            }
        }
    }

    private func request(_ program: Program, _ variables: UnitState.Variables, _ output: OutputPipe)
        throws(SystemError)
    {
        let bus = try manager.bus()
        let input = try OwnedDescriptor.holding(program.input, for: name)
        let call = try bus.call(UserManager.name, UserManager.path, UserManager.interface, "StartTransientUnit")
        wantsNamespaces = program.purpose == .refresh && manager.hasNamespaces && !doesWithout
        call.append(name)
        call.append("fail")
        UnitProperties(call).write(
            program, variables, input: input, output: output.writing, hasNamespaces: wantsNamespaces,
            limit: program.timeout + TransientUnit.lastResort)
        call.array(of: "(sa(sv))") {}
        bus.send(call) { [weak self] result in
            guard let self else { return }
            output.handedOver()
            switch result {
            case .success: self.resume()
            // The unit may still start later.
            case .failure(let error) where error.isNoAnswer: self.resume()
            case .failure(let error): self.end(.cannotStart("the user service manager: \(error)"))
            }
        }
    }

    // MARK: Running and ending

    /// Subscribes to the unit's changes and queries its state: after its start, and after each reconnection.
    func resume() {
        do {
            changes = try manager.bus().match(
                path: UserManager.path(of: name), "org.freedesktop.DBus.Properties", "PropertiesChanged"
            ) { [weak self] _ in self?.ask() }
        } catch {
            return manager.askAgain()
        }
        ask()
    }

    private func ask() {
        guard !isAsking, !hasEnded else { return }
        isAsking = true
        manager.state(of: name) { [weak self] state in
            guard let self else { return }
            self.isAsking = false
            guard let state else { return self.manager.askAgain() }
            self.manager.answered()
            // A unit that succeeded is unloaded at once, and then looks like one that never ran: both count as success.
            if state.hasEnded { return self.ended(state) }
            if state.mainPID > 0 { self.deadline.leader = pid_t(state.mainPID) }
        }
    }

    private func ended(_ state: UnitState) {
        let exit = state.code == 0 || state.code == CLD_EXITED ? state.status : -state.status
        if state.result != "success" { manager.reset(name) }
        if wantsNamespaces { manager.namespaces(failed: TransientUnit.namespaceFailures.contains(exit)) }
        if wantsNamespaces, let program, TransientUnit.namespaceFailures.contains(exit) {
            doesWithout = true
            name = TransientUnit.newName(for: program)
            changes = nil
            deadline.leader = nil
            do {
                return try start(program)
            } catch {
                return end(.cannotStart("\(error)"))
            }
        }
        output?.drain()
        deadline.leaderEnded()
        switch state.result {
        case "resources": end(.cannotStart("the user service manager has not enough resources"))
        case "timeout": end(.timedOut)
        default: end(deadline.hasPassed ? .timedOut : .exited(exit))
        }
    }

    private func end(_ ending: ProgramEnding) {
        guard !hasEnded else { return }
        hasEnded = true
        changes = nil
        manager.remove(self)
        // Deferred, so that it is never called from within the call that started the unit.
        telling = try? manager.loop.later { [onEnd] in onEnd(ending) }
    }
}
