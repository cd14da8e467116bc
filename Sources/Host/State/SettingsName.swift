import Digest

/// What a file of our own about some settings is called.
enum SettingsName {
    /// Different CLAUDE_CONFIG_DIRs have different settings.
    static func name(for settings: String) -> String {
        "settings-\(Digest.sha256(Array(settings.utf8).span).prefix(6).hexadecimal).json"
    }
}
