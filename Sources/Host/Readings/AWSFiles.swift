import SessionHealth

/// The AWS config and credentials files of this user, read once.
package struct AWSFiles {
    /// The paths of both, config first.
    package let paths: [String]
    /// Where Claude Code would open other files than the AWS CLI.
    package let findings: [Finding]
    private let parsed: Result<AWSConfig, any Error>

    package static let limit = 16 << 20

    package init(environment: [String: String], home: String) {
        let places = AWSFilePath.allCases.map { $0.path(environment: environment, home: home) }
        paths = places.map(\.path)
        findings = places.compactMap(\.difference?.finding)
        let paths = paths
        parsed = Result {
            func file(_ path: String) throws -> ConfigFile {
                let file = try FileContent(of: path, limit: AWSFiles.limit) { SecretCover.configuration(&$0) }
                return ConfigFile(path: path, bytes: file?.bytes)
            }
            return try AWSConfig(config: file(paths[0]), credentials: file(paths[1]))
        }
    }

    /// - Throws: where the AWS CLI refuses a file, or why it cannot be read.
    package func config() throws -> AWSConfig { try parsed.get() }

    /// What to tell a person about a profile that cannot be used.
    func finding(_ error: any Error, about profile: String, source: String) -> Finding {
        switch error {
        case let error as AWSConfigError:
            var finding = error.finding(about: profile)
            finding.message += " (asked for by \(source))"
            return finding
        case let error as INIError:
            return Finding(.configRefused, .error, subject: error.place.path, message: "\(error)", fix: error.fix)
        default:
            return Finding(
                .configUnreadable, .error, subject: paths[0], message: "\(error)", fix: "make it readable for you")
        }
    }
}
