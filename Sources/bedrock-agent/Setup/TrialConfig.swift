import Host
import SessionHealth

/// The AWS config as it would be after setup, for the AWS CLI to list models by before anything is written; gone when this
/// value is.
struct TrialConfig {
    private let folder: ScratchFolder

    /// What the AWS CLI needs in its environment to read it.
    var environment: [String: String] { [AWSVariable.configFile: "\(folder.path)/config"] }

    init(_ bytes: [UInt8], in parent: String) throws {
        folder = try ScratchFolder(in: parent)
        try AtomicWrite.write(bytes, to: "\(folder.path)/config")
    }
}
