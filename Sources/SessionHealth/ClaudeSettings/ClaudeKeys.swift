/// Environment variables that Claude Code reads, from `env` in its settings or from its environment. For AWS's, see
/// `AWSVariable`.
package enum ClaudeVariable {
    package static let useBedrock = "CLAUDE_CODE_USE_BEDROCK"
    package static let useMantle = "CLAUDE_CODE_USE_MANTLE"
    package static let skipBedrockAuth = "CLAUDE_CODE_SKIP_BEDROCK_AUTH"
    package static let skipMantleAuth = "CLAUDE_CODE_SKIP_MANTLE_AUTH"
    /// Switches for other providers.
    package static let otherProviders = ["CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY"]
    /// Keys of Anthropic's own API; their values are secrets.
    package static let anthropicKeys = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"]
    /// Its value is a secret.
    package static let bearerToken = "AWS_BEARER_TOKEN_BEDROCK"
    package static let model = "ANTHROPIC_MODEL"
    package static let defaultModel = "ANTHROPIC_DEFAULT_MODEL"
    /// The models that the aliases stand for.
    package static let modelPins = ["OPUS", "SONNET", "HAIKU", "FABLE"].map { "ANTHROPIC_DEFAULT_\($0)_MODEL" }
    package static let configFolder = "CLAUDE_CONFIG_DIR"
    package static let nodeCertificates = "NODE_EXTRA_CA_CERTS"
}

/// Top-level keys of Claude Code's settings.
package enum ClaudeKey {
    package static let env = "env"
    package static let authRefresh = "awsAuthRefresh"
    package static let credentialExport = "awsCredentialExport"
    package static let apiKeyHelper = "apiKeyHelper"
    package static let model = "model"
    package static let statusLine = "statusLine"
    package static let hooks = "hooks"
    /// In managed settings: the user's own hooks do not run.
    package static let allowManagedHooksOnly = "allowManagedHooksOnly"
    /// Turns off the status line, too.
    package static let disableAllHooks = "disableAllHooks"
}

/// What Claude Code runs `hooks` at, as far as `setup` writes them.
package enum ClaudeHookEvent: String, CaseIterable, Sendable {
    case sessionStart = "SessionStart"
    /// A turn ended by an error.
    case stopFailure = "StopFailure"
    /// A file that a hook has asked to watch.
    case fileChanged = "FileChanged"
}

/// The `error` of a StopFailure hook's input.
package enum ClaudeFailure {
    /// No credentials were found, or the service did not accept them.
    package static let ofCredentials = ["cloud_credential_error", "authentication_failed"]
}

/// The paths of the settings that `setup` writes.
package enum SetupKey {
    package static let useBedrock = [ClaudeKey.env, ClaudeVariable.useBedrock]
    package static let profile = [ClaudeKey.env, AWSVariable.profile]
    package static let region = [ClaudeKey.env, AWSVariable.region]
    package static let model = [ClaudeKey.env, ClaudeVariable.model]
    package static let command = [ClaudeKey.authRefresh]
    /// In place of `profile`, where Claude Code alone is to have the profile.
    package static let export = [ClaudeKey.credentialExport]
    /// In the order in which they are written to a new file.
    package static let all = [useBedrock, profile, region, model, command]
    /// The same for a Claude Code that alone has the profile.
    package static let separate = [useBedrock, region, model, export, command]
}
