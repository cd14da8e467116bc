/// Our own configuration: the user's `config.json` over root's, and where each value comes from.
package struct OwnConfig: Equatable, Sendable {
    /// What counts.
    package private(set) var values = AgentConfig()
    /// What root's file says by itself.
    package private(set) var managed = AgentConfig()
    /// All that counts, in the order of the files; of the lists that add up, each file's part.
    package private(set) var settings: [ConfigSetting] = []
    /// What of the user's file does not count, since it is locked.
    package private(set) var refused: [ConfigSetting] = []
    private var locks: [ConfigLock] = []

    package init() {}

    /// Takes what a file says, over what is known so far: root's comes first. One that is wrong changes nothing.
    /// - Throws: what is wrong and where, for a person.
    package mutating func take(_ bytes: [UInt8], from path: String, isManaged: Bool) throws(AgentConfigError) {
        var next = self
        for item in try ConfigItem.all(of: bytes) {
            if item.key == .locked {
                guard isManaged else {
                    throw AgentConfigError(
                        "line \(item.line): key locked: only root's config.json, in /etc/bedrock-agent, can lock keys")
                }
                continue
            }
            var setting = ConfigSetting(
                key: item.key, name: item.name, spelling: item.spelling, path: path, line: item.line)
            if !isManaged, let lock = lock(of: item.name) {
                setting.lock = lock
                // Of a whole object, its parts are told.
                if item.key != .setup || item.setupKey != nil { next.refused.append(setting) }
                continue
            }
            try next.values.set(item)
            guard item.key != .setup || item.setupKey != nil else { continue }
            next.settings.removeAll { $0.name == setting.name && !setting.addsUp }
            next.settings.append(setting)
        }
        if isManaged {
            try next.readLocks(bytes, path)
            next.managed = next.values
        }
        self = next
    }

    private mutating func readLocks(_ bytes: [UInt8], _ path: String) throws(AgentConfigError) {
        guard let item = try ConfigItem.all(of: bytes).first(where: { $0.key == .locked }) else { return }
        guard let names = item.strings else { throw item.wrong("must be a list of keys, such as \"setup.region\"") }
        let known = ConfigKey.allCases.filter { $0 != .locked }.map(\.rawValue) + SetupKeyName.allCases.map(\.name)
        for (name, node) in zip(names, item.node.elements) {
            let line = TextPosition(of: node.range.lowerBound, in: bytes.span).line
            guard known.containsSpelled(name) else {
                throw AgentConfigError("line \(line): key locked: \(ConfigItem.unknown(name, among: known))")
            }
            guard settings.contains(where: { $0.name == name || $0.key.rawValue == name }) else {
                throw AgentConfigError("line \(line): key locked: \(name) is not set in this file; set it, too")
            }
            locks.append(ConfigLock(name: name, path: path, line: line))
        }
        for index in settings.indices { settings[index].lock = lock(of: settings[index].name) }
    }

    /// The lock of a key such as `signIn` or `setup.region`; nil if anybody may set it.
    package func lock(of name: String) -> ConfigLock? {
        locks.first { $0.name == name || name.hasPrefix("\($0.name).") }
    }

    package func lock(of key: ConfigKey) -> ConfigLock? { lock(of: key.rawValue) }

    package func lock(of key: SetupKeyName) -> ConfigLock? { lock(of: key.name) }

    /// Where a key of `setup` is set; nil if it is not.
    package func setting(_ key: SetupKeyName) -> ConfigSetting? { settings.last { $0.name == key.name } }

    /// Where `notify` is set; nil if it is not.
    package var notify: ConfigSetting? { settings.last { $0.key == .notify } }
}

/// One key that is set, and where.
package struct ConfigSetting: Equatable, Sendable {
    package let key: ConfigKey
    /// Such as `signIn` or `setup.region`.
    package let name: String
    /// As the file has it.
    fileprivate let spelling: String
    package let path: String
    /// Counted from 1.
    package let line: Int
    package fileprivate(set) var lock: ConfigLock?

    /// Both files' values count.
    fileprivate var addsUp: Bool { key == .profiles || key == .claudeFolders }

    /// The value, for people. That of `notify` may contain the address of somebody's chat.
    package var value: String { key == .notify ? "set" : spelling.printable }

    /// `/etc/bedrock-agent/config.json, line 3, locked`.
    package var place: String { "\(path), line \(line)\(lock == nil ? "" : ", locked")" }
}

/// A key that only root's file may set.
package struct ConfigLock: Equatable, Sendable {
    /// As `locked` names it.
    package let name: String
    package let path: String
    /// Counted from 1.
    package let line: Int
}
