import Glibc
import SessionHealth

/// A folder of Claude Code's, by the environment of a Claude Code that uses it.
package struct ClaudeFolder {
    /// Nil for the one that this process's own environment names.
    package let folder: String?
    package let paths: Paths
    /// The environment of this process, and what leads to the folder.
    package let own: [String: String]
    private let usesKept: Bool

    /// The folder that the environment names.
    /// - Parameter usesKept: what `setup` found exported counts here, too. Not for commands: they run in a shell like
    ///   the one in which Claude Code would be started.
    package init(own environment: [String: String], usesKept: Bool = false) {
        self.init(nil, environment, Paths(environment: environment), usesKept: usesKept)
    }

    private init(_ folder: String?, _ own: [String: String], _ paths: Paths, usesKept: Bool) {
        self.folder = folder
        self.own = own
        self.paths = paths
        self.usesKept = usesKept
    }

    /// Without what the folder's settings set. Read anew: `setup` may run beside the daemon.
    var environment: [String: String] { own.merging(kept(showsProxies: false)) { $1 } }

    /// The same.
    /// - Throws: if the next reading of what `setup` kept may succeed.
    func readEnvironment() throws(SystemError) -> [String: String] {
        guard usesKept else { return own }
        do throws(SystemError) {
            return own.merging(try KeptEnvironment(paths).read()) { $1 }
        } catch  where !error.isPassing {
            return own
        }
    }

    private func kept(showsProxies: Bool) -> [String: String] {
        usesKept ? KeptEnvironment(paths).variables(showsProxies: showsProxies) : [:]
    }

    /// Another folder, guarded by the same daemon.
    package func other(_ folder: String) -> ClaudeFolder {
        var environment = own
        // The usual one has its state file elsewhere.
        environment[ClaudeVariable.configFolder] = folder == Self.usual(paths) ? nil : folder
        return ClaudeFolder(folder, environment, Paths(environment: environment), usesKept: true)
    }

    /// This folder, and the others that are guarded.
    /// - Parameters:
    ///   - more: those of `config.json`.
    ///   - record: of `setup`; it may have written the usual folder's settings while another one is our own.
    func with(_ more: [String], _ record: SetupRecord?, _ known: [String] = []) -> [ClaudeFolder] {
        var all = [self]
        let usual = Self.usual(paths)
        let isSetUp = record?.settings(at: usual + "/settings.json") != nil || known.contains(usual)
        for folder in (isSetUp ? [usual] : []) + more {
            let other = other(folder)
            if !all.contains(where: { $0.paths.userSettings == other.paths.userSettings }) { all.append(other) }
        }
        return all
    }

    /// Where Claude Code's folder is if no variable says so.
    private static func usual(_ paths: Paths) -> String { paths.home + "/.claude" }

    /// It has to be named in `claudeFolders` to be guarded.
    package var isUsual: Bool { paths.claudeFolder == Self.usual(paths) }

    /// What a program for this folder gets beside this process's own environment.
    func given(showsProxies: Bool) -> [String: String] {
        var given = kept(showsProxies: showsProxies)
        if folder != nil { given[ClaudeVariable.configFolder] = own[ClaudeVariable.configFolder] }
        return given
    }

    package var settingsFiles: ClaudeSettingsFiles {
        ClaudeSettingsFiles(environment: own, home: paths.home, managedFolder: paths.managedFolder)
    }

    /// The files that it depends on, beside those that all folders have.
    /// - Parameter environment: with what its settings set.
    func files(environment: [String: String]) -> Set<String> {
        let aws = AWSFilePath.allCases.map { $0.path(environment: environment, home: paths.home).path }
        return Set(aws).union([paths.userSettings, paths.claudeState, KeptEnvironment(paths).path])
    }
}
