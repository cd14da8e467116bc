import Glibc

/// The paths of all files, as the environment determines them.
package struct Paths: Equatable {
    package let home: String
    /// Our own configuration.
    package let config: String
    /// Root's, beneath it.
    package let managedConfig: String
    /// Whose that must be, with the folders on its way.
    let managedOwners: Set<UInt32>
    /// The folder of our own records (0700).
    package let stateFolder: String
    /// The user's runtime folder: `XDG_RUNTIME_DIR`, else the usual one; nil where neither is there and theirs, as in
    /// many containers and after `su`.
    package let userRuntime: String?
    /// The folder of the control socket (0700): in the user's runtime folder, else among our records.
    package let runtimeFolder: String
    package let tokenCache: String
    /// Where the AWS CLI keeps role credentials.
    package let roleCache: String
    /// Claude Code's folder.
    package let claudeFolder: String
    /// Claude Code's user settings.
    package let userSettings: String
    /// Claude Code's own state.
    package let claudeState: String
    /// Holds the managed settings.
    package let managedFolder: String
    /// Where all programs make their temporary files.
    package let temporaryFolder: String

    package var controlSocket: String { runtimeFolder + "/control.sock" }
    /// A link to the daemon's socket, for programs that have another runtime folder than the daemon.
    package var controlLink: String { stateFolder + "/control.sock" }
    package var locks: String { stateFolder + "/locks" }
    package var state: String { stateFolder + "/state.json" }
    /// The record of what `setup` changed.
    package var setupRecord: String { stateFolder + "/setup.json" }
    package var approvals: String { stateFolder + "/approvals.json" }

    /// - Parameters:
    ///   - environment: of this process. In tests, `BEDROCK_AGENT_MANAGED_ROOT` replaces `/etc/claude-code`, and the folder
    ///     `bedrock-agent` in it `/etc/bedrock-agent`; what is there is the tester's own. On a machine with a `config.json`
    ///     of root's it does not count: it would lift what is locked there.
    ///   - etc: `/etc`, but for tests.
    package init(environment: [String: String], etc: String = "/etc") {
        func folder(_ name: String, else fallback: @autoclosure () -> String) -> String {
            guard let value = environment[name], value.hasPrefix("/") else { return fallback() }
            return value
        }
        home = folder("HOME", else: Paths.homeOfUser())
        config = folder("XDG_CONFIG_HOME", else: home + "/.config") + "/bedrock-agent/config.json"
        stateFolder = folder("XDG_STATE_HOME", else: home + "/.local/state") + "/bedrock-agent"
        userRuntime = [folder("XDG_RUNTIME_DIR", else: ""), "/run/user/\(getuid())"].first(where: Paths.isOwnFolder)
        runtimeFolder = userRuntime.map { $0 + "/bedrock-agent" } ?? stateFolder + "/run"
        temporaryFolder = folder("TMPDIR", else: "/tmp")
        tokenCache = home + "/.aws/sso/cache"
        roleCache = home + "/.aws/cli/cache"
        let claude = ClaudeSettingsFiles(environment: environment, home: home)
        claudeFolder = claude.folder
        userSettings = claude.userPath
        claudeState = claude.statePath
        // Where one may not look, there may be one.
        let isAdministered =
            access("\(etc)/bedrock-agent/config.json", F_OK) == 0 || ![ENOENT, ENOTDIR].contains(errno)
        let tested = isAdministered ? "" : folder("BEDROCK_AGENT_MANAGED_ROOT", else: "")
        managedFolder = tested.isEmpty ? "\(etc)/claude-code" : tested
        managedConfig = "\(tested.isEmpty ? etc : tested)/bedrock-agent/config.json"
        managedOwners = tested.isEmpty ? [0] : [0, geteuid()]
    }

    private static func isOwnFolder(_ path: String) -> Bool {
        guard let found = try? FileOwnership(of: path) else { return false }
        return found.isFolder && found.isOurs
    }

    private static func homeOfUser() -> String {
        guard let entry = getpwuid(getuid()), let folder = entry.pointee.pw_dir else { return "/" }
        return String(cString: folder)
    }
}
