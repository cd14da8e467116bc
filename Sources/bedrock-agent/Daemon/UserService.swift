import Glibc
import Host
import SessionHealth

/// The daemon's units, as `systemctl --user` turns them on and off.
enum UserService {
    /// Whether systemd runs a service manager for this user: not in most containers, nor in WSL without systemd.
    static func hasManager(_ paths: Paths) -> Bool {
        paths.userRuntime.map { access($0 + "/systemd/private", W_OK) == 0 } ?? false
    }

    /// What starts the daemon here.
    static func start(_ paths: Paths) -> String {
        hasManager(paths) ? "systemctl --user start bedrock-agent" : "bedrock-agent daemon"
    }

    /// Whether the manager has the unit.
    static func isInstalled(_ paths: Paths) -> Bool {
        let look = "systemctl --user cat bedrock-agent.service > /dev/null 2>&1"
        return hasManager(paths) && (try? run(["/bin/sh", "-c", look], paths)) == 0
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

    /// What else keeps the daemon running here, where it does not start by itself or ends too soon: sentences, and commands
    /// with two spaces before them.
    static func advice(_ paths: Paths, _ environment: [String: String]) -> [String] {
        func isSet(_ name: String) -> Bool { environment[name]?.isEmpty == false }
        if hasManager(paths) {
            let linger = getpwuid(getuid()).map { "/var/lib/systemd/linger/" + String(cString: $0.pointee.pw_name) }
            guard isSet("SSH_CONNECTION") || isSet("SSH_TTY"), let linger, access(linger, F_OK) != 0 else { return [] }
            return ["Your services end when you log out here. To keep the agent running: loginctl enable-linger"]
        }
        guard (try? VarlinkClient.connect(paths)) == nil else { return [] }
        let log = ShellWords.quoted(paths.stateFolder + "/daemon.log")
        var advice = [
            "The daemon does not start by itself here, since systemd runs no services for you. To start it:",
            "  nohup bedrock-agent daemon > \(log) 2>&1 &",
        ]
        if WSL.isHere(environment) {
            advice += [
                "To have it start by itself, give WSL systemd: put these lines into /etc/wsl.conf",
                "  [boot]", "  systemd=true",
                "then run wsl.exe --shutdown in Windows, come back, and run bedrock-agent setup.",
            ]
        } else {
            advice.append("In a dev container, make that its postStartCommand.")
        }
        return advice
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
