import SessionHealth

/// The environment that Claude Code would have, as far as it counts for what the agent does: read when a program is
/// started, for the address of a proxy may hold a password, which does not stay in memory.
package struct ClaudeEnvironment {
    /// What the settings set, and what `setup` kept, by name.
    package let variables: [String: String]
    /// Those over what this process has.
    package let merged: [String: String]

    package init(_ folder: ClaudeFolder) {
        let layers = folder.settingsFiles.layers { SecretCover.json(&$0, showsProxies: true) }
        let given = folder.given(showsProxies: true)
        variables = given.merging(ClaudeSettings(layers: layers).variables) { $1 }
        merged = folder.own.merging(variables) { $1 }
    }
}
