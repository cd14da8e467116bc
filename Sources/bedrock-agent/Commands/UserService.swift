/// The unit that runs the daemon, as `systemctl --user` knows it.
enum UserService {
    /// Whether there is a user manager that can be asked, and it has the unit.
    static var isInstalled: Bool {
        (try? Terminal.run(["/bin/sh", "-c", "systemctl --user cat bedrock-agent.service > /dev/null 2>&1"])) == 0
    }

    /// Stops it, for good.
    /// - Returns: why that failed.
    static func disable() -> String? {
        let command = ["systemctl", "--user", "disable", "--now", "bedrock-agent", "bedrock-agent.socket"]
        do {
            let status = try Terminal.run(command)
            if status == 0 { return nil }
            return "the service was not disabled (systemctl ended with status \(status)): "
                + command.joined(separator: " ")
        } catch {
            return "the service was not disabled (\(error)): " + command.joined(separator: " ")
        }
    }
}
