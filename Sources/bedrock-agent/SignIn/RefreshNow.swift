import FoundationEssentials
import Host
import SessionHealth

/// A refresh that a command makes itself, before it bothers a person.
extension RefreshOrder {
    /// Runs it, and waits for its end.
    /// - Returns: nil if it cannot be run, or says nothing.
    func outcome(_ paths: Paths, _ environment: [String: String]) -> RefreshOutcome? {
        guard let program = try? Program(self, paths, Programs(), environment: environment) else { return nil }
        let run = try? CapturedProgram(program.command, environment: environment, timeout: program.timeout)
        return run.flatMap { try? RefreshOutcome(json: Array($0.text.utf8)) }
    }
}
