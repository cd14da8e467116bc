import FoundationEssentials

/// The state of the daemon's units, for commands. Nil if there is no service manager.
package enum ServiceUnits {
    /// What `doctor` checks.
    package struct Report {
        /// The unit's `LoadState`: `loaded`, `not-found`, `masked`, …
        package var load: String
        /// Starts with the user manager, by itself or through its socket.
        package var isEnabled: Bool
        package var serviceIsActive: Bool
        package var socketIsActive: Bool
        /// Why systemd no longer starts the daemon; nil while it does.
        package var failure: String?
        /// The service's environment variables: the manager's, plus those that the unit sets.
        package var variables: [String: String]
    }

    /// Why systemd no longer starts the daemon, as systemd's result, e.g. `start-limit-hit`.
    package static func failure(_ paths: Paths) -> String? { state(of: service, paths).flatMap(failure) }

    /// systemd listens on the daemon's socket.
    package static func socketIsActive(_ paths: Paths) -> Bool {
        state(of: socket, paths)?.active == "active"
    }

    /// Whether anything of a unit is running.
    package static func isActive(_ unit: String, _ paths: Paths) -> Bool? {
        state(of: unit, paths).map { !["inactive", "failed"].contains($0.active) }
    }

    package static func report(_ paths: Paths) -> Report? {
        guard let manager = ask(UserManager.path, paths), let service = state(of: service, paths),
            let socket = state(of: socket, paths)
        else { return nil }
        let enabled = ["enabled", "enabled-runtime", "static", "linked"]
        return Report(
            load: service.load,
            isEnabled: enabled.contains(service.file) || enabled.contains(socket.file),
            serviceIsActive: ["active", "activating", "reloading"].contains(service.active),
            socketIsActive: socket.active == "active", failure: failure(service),
            variables: variables(
                manager.variables.assignments + service.variables.assignments
                    + service.variables.files.flatMap { lines(of: $0.path) }))
    }

    private static let service = "bedrock-agent.service"
    private static let socket = "bedrock-agent.socket"

    private static func failure(_ state: UnitState) -> String? { state.active == "failed" ? state.result : nil }

    private static func variables(_ assignments: [String]) -> [String: String] {
        var variables: [String: String] = [:]
        for assignment in assignments {
            guard let sign = assignment.firstIndex(of: "=") else { continue }
            variables[String(assignment[..<sign])] = String(assignment[assignment.index(after: sign)...])
        }
        return variables
    }

    /// The lines of an `EnvironmentFile=`; quoted or continued values may be read differently than in systemd.
    private static func lines(of file: String) -> [String] {
        guard let content = try? FileContent(of: file, limit: 1 << 20) else { return [] }
        return String(decoding: content.bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .filter { !$0.hasPrefix("#") && !$0.hasPrefix(";") }.map(String.init)
    }

    private static func state(of unit: String, _ paths: Paths) -> UnitState? { ask(UserManager.path(of: unit), paths) }

    /// All properties of one of the manager's objects.
    private static func ask(_ object: String, _ paths: Paths) -> UnitState? {
        guard let runtime = paths.userRuntime else { return nil }
        let reply = try? Bus.ask(UserManager.socket(in: runtime), timeout: 2) {
            bus throws(SystemError) in try UserManager.properties(of: object, on: bus)
        }
        return reply.map(UnitState.init)
    }
}
