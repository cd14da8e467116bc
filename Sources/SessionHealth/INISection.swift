/// A line of a configuration file, for messages: `/home/u/.aws/config:12`.
package struct ConfigPlace: Hashable, Sendable, CustomStringConvertible {
    package var path: String
    /// Counted from 1.
    package var line: Int

    package var description: String { "\(path):\(line)" }
}

/// A key's value, with what a message about it needs.
package struct INISetting: Hashable, Sendable {
    package var value: String
    package var place: ConfigPlace
    /// The key as the file spells it; the AWS CLI lower-cases it, JavaScript does not.
    var spelling: String
    /// Written `key: value`, which only the AWS CLI takes.
    var usesColon = false
    /// Taken over from a `[DEFAULT]` section, which only the AWS CLI knows.
    var isDefault = false
}

/// A section as one reader sees it. Keys of a nested block (`s3 =` and indented lines) are joined by a dot, `s3.key`.
package struct INISection: Hashable, Sendable {
    /// What stands between the brackets, or the name that it gives.
    package var name: String
    package var place: ConfigPlace
    package var settings: [String: INISetting] = [:]

    package subscript(key: String) -> String? { settings[key]?.value }
}
