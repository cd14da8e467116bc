/// The daemon's units, as `systemctl` turns them on and off.
enum UserService {
    /// - Returns: why they are not enabled; nil when they are.
    static func enable() -> String? { systemctl(["enable", "--now", "bedrock-agent"]) }

    private static func systemctl(_ arguments: [String]) -> String? {
        do {
            let status = try Terminal.run(["systemctl", "--user"] + arguments)
            return status == 0 ? nil : "systemctl ended with status \(status)"
        } catch {
            return "\(error)"
        }
    }
}
