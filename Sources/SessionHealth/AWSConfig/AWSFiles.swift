/// A user's AWS config and credentials files.
package struct AWSFiles: Sendable {
    /// The paths of both, config first.
    package let paths: [String]
    /// Cases where Claude Code opens other files than the AWS CLI.
    package let differences: [ReadingDifference]
    private let parsed: Result<AWSConfig, any Error>

    /// - Parameters:
    ///   - environment: the variables that may contain `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE`.
    ///   - home: the user's home folder.
    ///   - read: reads one file.
    package init(environment: [String: String], home: String, read: (String) throws -> ConfigFile) {
        let places = AWSFilePath.allCases.map { $0.path(environment: environment, home: home) }
        paths = places.map(\.path)
        differences = places.compactMap(\.difference)
        let paths = paths
        parsed = Result { try AWSConfig(config: read(paths[0]), credentials: read(paths[1])) }
    }

    /// - Throws: why a file cannot be read, or why the AWS CLI would reject it.
    package func config() throws -> AWSConfig { try parsed.get() }
}
