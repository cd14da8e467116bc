import FoundationEssentials

/// How the daemon's units are, for commands that are none of them. Nil where no manager can be asked.
package enum ServiceUnits {
    /// Why systemd does not start the daemon any more, in its own word, such as `start-limit-hit`.
    package static func failure(_ paths: Paths) -> String? {
        state(of: "bedrock-agent.service", paths).flatMap { $0.active == "failed" ? $0.result : nil }
    }

    /// systemd listens for the daemon.
    package static func socketIsActive(_ paths: Paths) -> Bool {
        state(of: "bedrock-agent.socket", paths)?.active == "active"
    }

    private static func state(of unit: String, _ paths: Paths) -> UnitState? {
        let reply = try? Bus.ask(Folder.holding(paths.runtimeFolder) + "/systemd/private", timeout: 2) {
            bus throws(SystemError) in try UserManager.state(of: unit, on: bus)
        }
        return reply.map(UnitState.init)
    }
}
