/// A line of a configuration file, for messages: `/home/u/.aws/config:12`.
package struct ConfigPlace: Hashable, Sendable, CustomStringConvertible {
    package var path: String
    /// Counted from 1.
    package var line: Int

    package var description: String { "\(path):\(line)" }
}

/// A key's value, with what a message about it needs.
package struct INISetting: Hashable, Sendable {
    package let key: String
    /// Of a secret, only whether there is one: `set` or nothing. Of a value that goes on over indented lines, the first
    /// line and a line end, for what follows may have been meant as another key, and be a secret.
    package private(set) var value: String
    package let place: ConfigPlace
    /// The key as the file spells it; the AWS CLI lower-cases it, JavaScript does not.
    let spelling: String
    /// Written `key: value`, which only the AWS CLI takes.
    let usesColon: Bool
    /// Taken over from a `[DEFAULT]` section, which only the AWS CLI knows.
    var isDefault = false

    init(key: String, value: String, place: ConfigPlace, spelling: String, usesColon: Bool = false) {
        self.key = key
        self.value = ConfigValue.isSecret(key) && !value.isEmpty ? "set" : value
        self.place = place
        self.spelling = spelling
        self.usesColon = usesColon
    }

    /// Notes that the value goes on in the lines below.
    mutating func continues() { value += "\n" }
}

/// A section as one reader sees it. Keys of a nested block (`s3 =` and indented lines) are joined by a dot, `s3.key`.
package struct INISection: Hashable, Sendable {
    /// What stands between the brackets, or the name that it gives.
    package var name: String
    package var place: ConfigPlace
    /// Each key once, in the order of the file. A section has a handful of keys: looking through them beats hashing.
    package private(set) var settings: [INISetting] = []

    init(name: String, place: ConfigPlace) {
        self.name = name
        self.place = place
    }

    package subscript(key: String) -> String? { setting(key)?.value }

    package func setting(_ key: String) -> INISetting? {
        settings.first { $0.key == key }
    }

    /// Adds a setting, in place of the one with its key.
    mutating func put(_ setting: INISetting) {
        if let index = settings.firstIndex(where: { $0.key == setting.key }) {
            settings[index] = setting
        } else {
            settings.append(setting)
        }
    }
}
