import Glibc
import Host
import SessionHealth

/// The AWS config as it would be after setup, for the AWS CLI to sign in by before anything is written: a file of its
/// own in a folder of its own (0700), gone when this value is.
final class TrialConfig {
    private let folder: String

    /// What the AWS CLI needs in its environment to read it.
    var environment: [String: String] { [AWSVariable.configFile: "\(folder)/config"] }

    /// A session as it is there now: the AWS CLI corrects the region of one whose start URL leads elsewhere.
    func session(named name: String) throws -> SSOSession {
        let file = ConfigFile(
            path: "\(folder)/config", bytes: try FileContent(of: "\(folder)/config", limit: AWSFiles.limit)?.bytes)
        return try AWSConfig(config: file, credentials: ConfigFile(path: "", bytes: nil)).session(named: name)
    }

    init(_ bytes: [UInt8], environment: [String: String]) throws {
        let parent = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array("\(parent)/bedrock-agent-setup.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("create a folder in TMPDIR,", parent) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try AtomicWrite.write(bytes, to: "\(folder)/config")
    }

    deinit {
        unlink("\(folder)/config")
        rmdir(folder)
    }
}
