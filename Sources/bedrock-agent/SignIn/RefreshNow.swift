import FoundationEssentials
import Host
import SessionHealth

/// A refresh that a command makes itself, before it bothers a person.
extension RefreshOrder {
    /// With the service and the certificates of a profile that leads to the session.
    /// - Parameter timeLeft: seconds; it never takes longer than `patience`.
    /// - Throws: if the address of the service cannot be told.
    init(
        _ session: SSOSession, of profile: ResolvedProfile, _ token: TokenClocks, _ environment: [String: String],
        within timeLeft: TimeInterval = patience
    ) throws {
        self.init(
            session: session, expiresAt: token.expiresAt,
            endpoint: try profile.endpoints.url(for: .ssoOIDC, region: session.region, environment: environment),
            caBundle: profile.caBundle(in: environment), timeout: min(RefreshOrder.patience, timeLeft))
    }

    /// Runs it, and waits for its end.
    /// - Returns: nil if it cannot be run, or says nothing.
    func outcome(_ paths: Paths, _ environment: [String: String]) -> RefreshOutcome? {
        guard let program = try? Program(self, paths, Programs(), environment: environment) else { return nil }
        let run = try? CapturedProgram(program.command, environment: environment, timeout: program.timeout)
        return run.flatMap { try? RefreshOutcome(json: Array($0.text.utf8)) }
    }
}
