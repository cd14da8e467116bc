/// What `setup` and `migrate` write to the AWS config file, and what `reset` removes. All other bytes stay the same.
///
/// Every result has been verified by reading it back: the AWS CLI and Claude Code both find the wanted settings in it.
package struct ConfigEdit: Equatable, Sendable {
    /// Lines of one section that replace others, including white space but not line ends. They contain only keys that
    /// we write and those that these replace, never a secret.
    package struct Change: Codable, Equatable, Sendable {
        /// `profile NAME` or `sso-session NAME`, without quotes.
        package var section: String
        package var old: [String]
        package var new: [String]
        /// The section did not exist before.
        package var addsSection = false
    }

    /// Why a file is not edited, where the problem is, and what to do.
    package struct Refusal: Error, Equatable, CustomStringConvertible {
        package let reason: String
        package let fix: String

        package var description: String { "\(reason). Nothing was changed. \(fix)" }
    }

    /// The whole file after the edit; identical if nothing changes.
    package let bytes: [UInt8]
    /// Empty if nothing has to change.
    package let changes: [Change]
    /// The session that the profile uses after the edit.
    package let session: String
}

extension ConfigEdit.Refusal {
    init(_ error: AWSConfigError) { self.init(reason: error.description, fix: error.fix) }

    init(_ error: INIError) { self.init(reason: error.description, fix: error.fix) }
}
