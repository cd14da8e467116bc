import Host
import SessionHealth

/// The daemon: its units, its socket, and its access to the desktop.
struct ServiceChecks {
    let examination: Examination

    func checks() -> [Check] {
        examination.checks(in: .service) + units + [daemon].compactMap(\.self) + socket + desktop
    }

    private static let unit = "bedrock-agent.service"

    private var units: [Check] {
        guard let units = examination.units else {
            guard examination.daemon.status == nil, examination.daemon.problem == nil else { return [] }
            return [
                Check(
                    .noUserManager, .warning, "systemd",
                    "there is no user service manager, and no daemon is running",
                    fix: "bedrock-agent daemon")
            ]
        }
        if units.load == "masked" {
            return [
                Check(
                    .serviceMasked, .failure, Self.unit, "\(Self.unit) is masked: nothing can start it",
                    fix: "systemctl --user unmask bedrock-agent && systemctl --user enable --now bedrock-agent")
            ]
        }
        guard units.load == "loaded" else {
            return [
                Check(
                    .serviceMissing, .failure, Self.unit, "systemd cannot load \(Self.unit) (\(units.load))",
                    fix: "reinstall bedrock-agent (systemd/install, or its package), then run systemctl --user"
                        + " daemon-reload")
            ]
        }
        var checks: [Check] = []
        if let failure = units.failure {
            checks.append(Check(.serviceFailed(failure)))
        } else if !units.serviceIsActive, !units.socketIsActive {
            checks.append(
                Check(
                    .serviceStopped, .failure, Self.unit, "neither \(Self.unit) nor its socket is active",
                    fix: "systemctl --user start bedrock-agent.socket bedrock-agent"))
        }
        checks.append(
            units.isEnabled
                ? Check(.serviceEnabled, pass: Self.unit, "\(Self.unit) is enabled")
                : Check(
                    .serviceDisabled, .warning, Self.unit,
                    "\(Self.unit) is not enabled: it does not start when you log in",
                    fix: "systemctl --user enable --now bedrock-agent"))
        return checks
    }

    /// Nothing if the units already explain it.
    private var daemon: Check? {
        let restart = "systemctl --user restart bedrock-agent"
        if let problem = examination.daemon.problem {
            if let units = examination.units, units.load != "loaded" || units.failure != nil { return nil }
            return Check(
                .daemonSilent, .failure, "bedrock-agent daemon", "the daemon does not answer: \(problem)",
                fix: examination.units == nil ? "stop it, and start bedrock-agent daemon again" : restart)
        }
        guard let daemon = examination.daemon.status?.daemon else {
            guard let units = examination.units, units.load == "loaded", units.failure == nil,
                units.serviceIsActive || units.socketIsActive
            else { return nil }
            return Check(
                .daemonSilent, .failure, "bedrock-agent daemon",
                "nothing listens on \(examination.paths.controlSocket)",
                fix: "systemctl --user restart bedrock-agent.socket bedrock-agent")
        }
        let pid = daemon.pid.map { ", process \($0)" } ?? ""
        guard daemon.version == Version.current else {
            return Check(
                .daemonOtherVersion, .warning, "bedrock-agent daemon",
                "the running daemon is version \(daemon.version)\(pid); this is \(Version.current)", fix: restart)
        }
        return Check(.daemon, pass: "bedrock-agent daemon", "the daemon answers (\(daemon.version)\(pid))")
    }

    private var socket: [Check] {
        let paths = examination.paths
        return [(paths.runtimeFolder, 0o700), (paths.controlSocket, 0o600)].compactMap { path, mode in
            guard let found = try? FileOwnership(of: path) else { return nil }
            let quoted = ShellWords.quoted(path)
            guard found.isOurs else {
                return Check(
                    .socketWrongOwner, .failure, path, "\(path) belongs to user \(found.owner), not to you",
                    fix: "sudo chown \"$(id -u)\" \(quoted)")
            }
            guard !found.isOpenToOthers else {
                return Check(
                    .socketOpenToOthers, .failure, path, "\(path) can be accessed by others",
                    fix: "chmod \(String(mode, radix: 8)) \(quoted)")
            }
            return nil
        }
    }

    /// A browser can only open if the user manager knows the display.
    private var desktop: [Check] {
        guard let units = examination.units, Presence.hasDisplay(examination.environment) else { return [] }
        guard !Presence.hasDisplay(units.variables) else {
            return [Check(.desktop, pass: "DISPLAY", "your user services can use the display")]
        }
        let names = ["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY"].filter {
            examination.environment[$0]?.isEmpty == false
        }
        return [
            Check(
                .noDesktopInService, .warning, "DISPLAY",
                "this shell has a display, but your user services do not: they cannot open a browser",
                fix: "systemctl --user import-environment \(names.joined(separator: " "))")
        ]
    }
}
