import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// The daemon's units, as `systemctl --user` turns them on and off.
enum UserService {
    /// What starts the daemon here.
    static var start: String {
        UserManager.runs(Paths(environment: ProcessInfo.processInfo.environment))
            ? "systemctl --user start bedrock-agent" : "bedrock-agent daemon"
    }

    /// Whether the manager has the unit.
    static func isInstalled(_ paths: Paths) -> Bool {
        let look = "systemctl --user cat bedrock-agent.service > /dev/null 2>&1"
        return UserManager.runs(paths) && (try? run(["/bin/sh", "-c", look], paths)) == 0
    }

    /// Starts it, now and with every session.
    /// - Returns: why that failed.
    static func enable(_ paths: Paths) -> String? { systemctl(["enable", "--now", "bedrock-agent"], paths) }

    /// Stops it, for good.
    /// - Returns: why that failed, and the command that does it.
    static func disable(_ paths: Paths) -> String? {
        let arguments = ["disable", "--now", "bedrock-agent", "bedrock-agent.socket"]
        return systemctl(arguments, paths).map {
            "the service was not disabled (\($0)): systemctl --user \(arguments.joined(separator: " "))"
        }
    }

    /// What else keeps the daemon running, for a person, where it does not start by itself or ends too soon; nil elsewhere.
    static func advice(_ paths: Paths, _ environment: [String: String]) -> String? {
        func prose(_ text: String) -> String { Columns.wrap(text, indent: 0) }
        if UserManager.runs(paths) {
            let linger = getpwuid(getuid()).map { "/var/lib/systemd/linger/" + String(cString: $0.pointee.pw_name) }
            guard Presence.isOverSSH(environment), let linger, access(linger, F_OK) != 0 else { return nil }
            return prose("Your services end when you log out here. To keep the agent running: loginctl enable-linger")
        }
        guard !VarlinkClient.hasDaemon(paths) else { return nil }
        // Commands and lines of a file are not broken.
        let start = """
            \(prose("The daemon does not start by itself here, since systemd runs no services for you. To start it:"))
              nohup bedrock-agent daemon > \(ShellWords.quoted(paths.stateFolder + "/daemon.log")) 2>&1 &
            """
        guard WSL.isHere(environment) else {
            return "\(start)\n\(prose("In a dev container, make that its postStartCommand."))"
        }
        return """
            \(start)
            \(prose("To have it start by itself, give WSL systemd: put these lines into /etc/wsl.conf"))
              [boot]
              systemd=true
            \(prose("then run wsl.exe --shutdown in Windows, come back, and run bedrock-agent setup."))
            """
    }

    private static func systemctl(_ arguments: [String], _ paths: Paths) -> String? {
        do {
            let status = try run(["systemctl", "--user", "--quiet"] + arguments, paths)
            return status == 0 ? nil : "systemctl exited with status \(status)"
        } catch {
            return "\(error)"
        }
    }

    /// A shell after `su` does not know where the manager is.
    private static func run(_ command: [String], _ paths: Paths) throws -> Int32 {
        if let folder = paths.userRuntime { setenv("XDG_RUNTIME_DIR", folder, 1) }
        return try ForegroundProgram.run(command)
    }
}
