import Glibc
import Host
import SessionHealth

/// The AWS config as it would be after setup, for the AWS CLI to list models by before anything is written: a file of its
/// own in a folder of its own (0700), gone when this value is.
final class TrialConfig {
    private let folder: String

    /// What the AWS CLI needs in its environment to read it.
    var environment: [String: String] { [AWSVariable.configFile: "\(folder)/config"] }

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
