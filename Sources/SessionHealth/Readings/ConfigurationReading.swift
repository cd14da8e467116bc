/// The content of the files that decide which sessions to guard, as the host read them; secrets are covered.
package struct ConfigurationReading: Sendable {
    /// Our own `config.json`; nil without one.
    package var config: Result<[UInt8]?, HostFailure>
    /// The commands that the user approved.
    package var approvals: Result<[String], HostFailure>
    package var settings: SettingsOnDisk
    package var aws: AWSFiles
    /// The environment that Claude Code and the AWS CLI would have.
    package var environment: [String: String]
    /// Every file and folder that decides it.
    package var files: Set<String>

    package init(
        config: Result<[UInt8]?, HostFailure>, approvals: Result<[String], HostFailure>, settings: SettingsOnDisk,
        aws: AWSFiles, environment: [String: String], files: Set<String>
    ) {
        self.config = config
        self.approvals = approvals
        self.settings = settings
        self.aws = aws
        self.environment = environment
        self.files = files
    }
}

/// The paths of the files that messages name.
package struct Places: Equatable, Sendable {
    /// Our own `config.json`.
    package var config: String
    package var approvals: String
    package var state: String
    /// Claude Code's user settings.
    package var userSettings: String
    /// The folder of the token files.
    package var tokenCache: String

    package init(config: String, approvals: String, state: String, userSettings: String, tokenCache: String) {
        self.config = config
        self.approvals = approvals
        self.state = state
        self.userSettings = userSettings
        self.tokenCache = tokenCache
    }

    /// The path of a file of the token cache.
    package func token(_ name: String) -> String { tokenCache + "/" + name }
}
