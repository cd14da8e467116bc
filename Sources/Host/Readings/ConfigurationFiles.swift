import FoundationEssentials
import SessionHealth

/// Reads the files that determine which sessions to guard.
extension ConfigurationReading {
    private static let configLimit = 1 << 20

    package init(_ paths: Paths, _ environment: [String: String]) {
        let settings = SettingsOnDisk(paths: paths, environment: environment)
        let environment = environment.merging(settings.settings.variables) { $1 }
        self.init(
            config: reading {
                try FileContent(of: paths.config, limit: ConfigurationReading.configLimit)?.bytes
            },
            approvals: reading { try Approvals(path: paths.approvals).commands() },
            settings: settings,
            aws: AWSFiles(environment: environment, home: paths.home), environment: environment,
            files: ConfigurationReading.files(paths, environment))
    }

    /// The files and folders that this depends on.
    package static func files(_ paths: Paths, _ environment: [String: String]) -> Set<String> {
        let aws = AWSFilePath.allCases.map { $0.path(environment: environment, home: paths.home).path }
        return Set(aws).union([
            paths.config, paths.approvals, paths.userSettings, paths.claudeState,
            paths.managedFolder + "/managed-settings.json", paths.managedFolder + "/managed-settings.d",
        ])
    }
}

private func reading<Value>(_ read: () throws -> Value) -> Result<Value, HostFailure> {
    Result { try read() }.mapError { HostFailure("\($0)") }
}

extension AWSFiles {
    package static let limit = 16 << 20

    /// Reads both AWS files; secrets are covered.
    package init(environment: [String: String], home: String) {
        self.init(environment: environment, home: home) { path in
            let file = try FileContent(of: path, limit: AWSFiles.limit) { SecretCover.configuration(&$0) }
            return ConfigFile(path: path, bytes: file?.bytes)
        }
    }
}

extension SettingsOnDisk {
    /// Reads all settings layers.
    /// - Parameter user: bytes to use instead of the user's file on disk.
    package init(paths: Paths, environment: [String: String], user: [UInt8]?? = nil) {
        var layers = ClaudeSettingsFiles(
            environment: environment, home: paths.home, managedFolder: paths.managedFolder
        ).layers()
        if let user, let index = layers.firstIndex(where: { $0.kind == .user }) {
            layers[index].content = user.map { .bytes($0) } ?? .missing
        }
        let record = SetupRecord.settings(paths)
        self.init(
            layers: layers, environment: environment, written: record?.written ?? [], realPath: record?.path)
    }
}

extension Paths {
    /// The paths that the core needs.
    package var places: Places {
        Places(
            config: config, approvals: approvals, state: state, userSettings: userSettings, tokenCache: tokenCache)
    }
}
