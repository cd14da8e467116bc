/// The content of the files that decide which sessions to guard, as the host read them; secrets are covered.
package struct ConfigurationReading: Sendable {
    /// Our own configuration.
    package var config: OwnConfigFiles
    /// The commands that the user approved.
    package var approvals: Result<[String], HostFailure>
    /// What each of Claude Code's folders says; the one that this process's own environment names comes first.
    package var folders: [ClaudeFolderReading]
    /// Every file and folder that decides it.
    package var files: Set<String>
    /// What could not be read, for reasons that may pass.
    package var unread: [UnreadableFile]

    package init(
        config: OwnConfigFiles, approvals: Result<[String], HostFailure>,
        folders: [ClaudeFolderReading], files: Set<String>, unread: [UnreadableFile] = []
    ) {
        self.config = config
        self.approvals = approvals
        self.folders = folders
        self.files = files
        self.unread = unread
    }

    /// Takes from an earlier reading the parts that could not be read now.
    mutating func complete(with last: ConfigurationReading?) {
        guard let last, !unread.isEmpty else { return }
        config.complete(with: last.config)
        if approvals.isUnread { approvals = last.approvals }
        folders = folders.map { folder in
            folder.isWhole ? folder : last.folders.first { $0.path.isSpelled(as: folder.path) } ?? folder
        }
        files.formUnion(last.files)
    }
}

/// What one of Claude Code's folders says, and the AWS files to which its settings lead.
package struct ClaudeFolderReading: Sendable {
    /// The folder; nil for the one that this process's own environment names.
    package var folder: String?
    /// Its `settings.json`.
    package var path: String
    package var settings: SettingsOnDisk
    package var aws: AWSFiles
    /// The environment that its Claude Code and the AWS CLI would have.
    package var environment: [String: String]
    /// All of its files were read that are there and can be.
    package var isWhole: Bool

    package init(
        folder: String? = nil, path: String, settings: SettingsOnDisk, aws: AWSFiles, environment: [String: String],
        isWhole: Bool = true
    ) {
        self.folder = folder
        self.path = path
        self.settings = settings
        self.aws = aws
        self.environment = environment
        self.isWhole = isWhole
    }
}

extension UnreadableFile {
    /// While what was read last counts.
    package var finding: Finding { Finding(.fileUnreadable, .warning, subject: path, message: "\(self)", fix: fix) }
}

/// The paths of the files that messages name.
package struct Places: Equatable, Sendable {
    /// The user's `config.json`.
    package var config: String
    /// Root's.
    package var managedConfig: String
    package var approvals: String
    package var state: String
    /// The folder of the token files.
    package var tokenCache: String

    package init(config: String, managedConfig: String, approvals: String, state: String, tokenCache: String) {
        self.config = config
        self.managedConfig = managedConfig
        self.approvals = approvals
        self.state = state
        self.tokenCache = tokenCache
    }

    /// The path of a file of the token cache; a path stays as it is.
    package func token(_ name: String) -> String { name.hasPrefix("/") ? name : tokenCache + "/" + name }

    /// The folder of the files of `aws login`, as botocore finds it; nil if the variable names none from the root on.
    func loginCache(_ environment: [String: String]) -> String? {
        // ~/.aws/sso/cache
        let home = tokenCache.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        guard let written = environment[AWSVariable.loginCache] else { return home + "/.aws/login/cache" }
        let path = AWSFilePath.expanded(written, environment, home: home)
        return path.hasPrefix("/") ? path : nil
    }
}
