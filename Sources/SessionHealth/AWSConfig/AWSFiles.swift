/// The AWS config and credentials files of one user, as they were read.
package struct AWSFiles: Sendable {
    /// The paths of both, config first.
    package let paths: [String]
    /// Where Claude Code would open other files than the AWS CLI.
    package let differences: [ReadingDifference]
    private let parsed: Result<AWSConfig, any Error>

    /// - Parameters:
    ///   - environment: where `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` may be.
    ///   - home: the user's home folder.
    ///   - read: reads one of them.
    package init(environment: [String: String], home: String, read: (String) throws -> ConfigFile) {
        let places = AWSFilePath.allCases.map { $0.path(environment: environment, home: home) }
        paths = places.map(\.path)
        differences = places.compactMap(\.difference)
        let paths = paths
        parsed = Result { try AWSConfig(config: read(paths[0]), credentials: read(paths[1])) }
    }

    /// - Throws: where the AWS CLI refuses a file, or why it cannot be read.
    package func config() throws -> AWSConfig { try parsed.get() }
}
