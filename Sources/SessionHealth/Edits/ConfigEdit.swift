/// What `setup` and `migrate` write into the AWS config file, and what `reset` takes out again. Every other byte stays.
///
/// Nothing is returned that was not read back: both the AWS CLI and Claude Code see in it what was wanted.
package struct ConfigEdit: Equatable, Sendable {
    /// Lines of one section that stand for others, with their white space and without their ends. They hold only keys of
    /// ours and those that these replace, never a secret.
    package struct Change: Codable, Equatable, Sendable {
        /// `profile NAME` or `sso-session NAME`, without quotes.
        package var section: String
        package var old: [String]
        package var new: [String]
        /// The section was not there either.
        package var addsSection = false
    }

    /// A file that is left alone: why, and where, and what to do.
    package struct Refusal: Error, Equatable, CustomStringConvertible {
        package let reason: String
        package let fix: String

        package var description: String { "\(reason). Nothing was changed. \(fix)" }
    }

    /// The whole file after the edit; equal to the one before when nothing changes.
    package let bytes: [UInt8]
    /// Empty when all is as it should be.
    package let changes: [Change]
    /// The session that the profile signs in to afterwards.
    package let session: String
}

extension ConfigEdit.Refusal {
    init(_ error: AWSConfigError) { self.init(reason: error.description, fix: error.fix) }

    init(_ error: INIError) { self.init(reason: error.description, fix: error.fix) }
}
