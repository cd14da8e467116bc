import SessionHealth

/// The environment that Claude Code would have, as far as it counts for what the agent does: read when a program is
/// started, for the address of a proxy may hold a password, which does not stay in memory.
package struct ClaudeEnvironment {
    /// What the settings set, by name.
    package let variables: [String: String]
    /// Those over what this process has.
    package let merged: [String: String]

    /// - Parameter own: the environment of this process.
    package init(_ paths: Paths, over own: [String: String]) {
        let files = ClaudeSettingsFiles(environment: own, home: paths.home, managedFolder: paths.managedFolder)
        let layers = files.layers { SecretCover.json(&$0, showsProxies: true) }
        variables = ClaudeSettings(layers: layers).variables
        merged = own.merging(variables) { $1 }
    }
}
