import Host

/// The daemon's units, as `systemctl --user` turns them on and off.
enum UserService {
    /// Whether a user manager is running and has the unit.
    static var isInstalled: Bool {
        (try? ForegroundProgram.run(["/bin/sh", "-c", "systemctl --user cat bedrock-agent.service > /dev/null 2>&1"]))
            == 0
    }

    /// Starts it, now and with every session.
    /// - Returns: why that failed.
    static func enable() -> String? { systemctl(["enable", "--now", "bedrock-agent"]) }

    /// Stops it, for good.
    /// - Returns: why that failed, and the command that does it.
    static func disable() -> String? {
        let arguments = ["disable", "--now", "bedrock-agent", "bedrock-agent.socket"]
        return systemctl(arguments).map {
            "the service was not disabled (\($0)): systemctl --user \(arguments.joined(separator: " "))"
        }
    }

    private static func systemctl(_ arguments: [String]) -> String? {
        do {
            let status = try ForegroundProgram.run(["systemctl", "--user", "--quiet"] + arguments)
            return status == 0 ? nil : "systemctl exited with status \(status)"
        } catch {
            return "\(error)"
        }
    }
}
