/// A line of a configuration file, for messages: `/home/u/.aws/config:12`.
package struct ConfigPlace: Hashable, Sendable, CustomStringConvertible {
    package var path: String
    /// Counted from 1.
    package var line: Int

    package var description: String { "\(path):\(line)" }
}

/// A key's value, with what messages about it need.
package struct INISetting: Hashable, Sendable {
    package let key: String
    /// For a secret, only `set` or empty. For a value continued on indented lines, the first line and a line end: the
    /// rest may have been meant as another key, and be a secret.
    package private(set) var value: String
    package let place: ConfigPlace
    /// The key as the file spells it; the AWS CLI lower-cases it, JavaScript does not.
    let spelling: String
    /// Written as `key: value`, which only the AWS CLI reads.
    let usesColon: Bool
    /// Inherited from a `[DEFAULT]` section, which only the AWS CLI supports.
    var isDefault = false

    init(key: String, value: String, place: ConfigPlace, spelling: String, usesColon: Bool = false) {
        self.key = key
        self.value = ConfigValue.isSecret(key) && !value.isEmpty ? "set" : value
        self.place = place
        self.spelling = spelling
        self.usesColon = usesColon
    }

    /// Keys on the indented lines below it, which the AWS CLI reads as parts of this value.
    private(set) var swallowed: [Key] = []

    /// A key where it is written.
    struct Key: Hashable, Sendable {
        var name: String
        var place: ConfigPlace
    }

    /// Marks the value as continued on the next lines.
    mutating func continues(_ keys: [Key]) {
        if !value.isEmpty { value += "\n" }
        swallowed = keys
    }
}

/// A section as one reader sees it. Keys in a nested block (`s3 =` and indented lines) are joined with a dot: `s3.key`.
package struct INISection: Hashable, Sendable {
    /// The text between the brackets, or the name derived from it.
    package var name: String
    package var place: ConfigPlace
    /// Each key once, in file order. A section has only a few keys, and a linear search is then faster than hashing.
    package private(set) var settings: [INISetting] = []
    /// Of a section with many keys, their positions.
    private var positions: [[UInt8]: Int] = [:]

    private static let few = 32

    init(name: String, place: ConfigPlace) {
        self.name = name
        self.place = place
    }

    package subscript(key: String) -> String? { setting(key)?.value }

    package func setting(_ key: String) -> INISetting? { position(of: key).map { settings[$0] } }

    private func position(of key: String) -> Int? {
        positions.isEmpty
            ? settings.firstIndex { $0.key.isSpelled(as: key) } : positions[Array(key.utf8)]
    }

    /// Whether there are indented lines below the key, each a setting of its own.
    func hasBlock(_ key: String) -> Bool { settings.contains { $0.key.hasPrefix("\(key).") } }

    /// Adds a setting, or replaces the one with the same key.
    mutating func put(_ setting: INISetting) {
        if let index = position(of: setting.key) {
            settings[index] = setting
            return
        }
        settings.append(setting)
        if !positions.isEmpty {
            positions[Array(setting.key.utf8)] = settings.count - 1
        } else if settings.count > INISection.few {
            for (index, setting) in settings.enumerated() { positions[Array(setting.key.utf8)] = index }
        }
    }
}
