/// What `config.json` says. Every key is optional.
package struct AgentConfig: Equatable, Sendable {
    /// Profiles to guard in addition to the one that Claude Code uses.
    package var profiles: [String] = []
    /// Claude Code's folders (`CLAUDE_CONFIG_DIR`) to guard in addition to `~/.claude`. `setup` adds them.
    package var claudeFolders: [String] = []
    package var policy = Policy()
    /// A shell command line that gets on its standard input what waits for a person.
    package var notify: String?
    /// What `setup` takes as given.
    package var setup = SetupDefaults()

    package init() {}

    /// The user's file, without root's.
    /// - Throws: what is wrong and where, for a person; an unknown key with the nearest known one.
    package init(parsing bytes: [UInt8]) throws(AgentConfigError) {
        var own = OwnConfig()
        try own.take(bytes, from: "", isManaged: false)
        self = own.values
    }

    /// What stands in `approvals.json` for a `notify` that the user approved: not for an `awsAuthRefresh` of that text.
    package static func approval(ofNotify command: String) -> String { approvalStart + command }

    /// Whether it is one of a `notify`.
    package static func isOfNotify(_ approval: String) -> Bool { approval.hasPrefix(approvalStart) }

    private static let approvalStart = "notify: "

    /// Lists add to what is there already, and anything else takes its place.
    mutating func set(_ item: ConfigItem) throws(AgentConfigError) {
        switch item.key {
        case .profiles:
            guard let names = item.strings else { throw item.wrong("must be a list of profile names") }
            profiles += names.filter { !profiles.containsSpelled($0) }
        case .claudeFolders:
            guard let folders = item.strings, folders.allSatisfy({ $0.hasPrefix("/") }) else {
                throw item.wrong("must be a list of absolute paths")
            }
            claudeFolders += folders.filter { !claudeFolders.containsSpelled($0) }
        case .signIn:
            guard let mode = item.string.flatMap(Policy.SignIn.init(rawValue:)) else {
                throw item.wrong("must be \"auto\", \"ask\" or \"never\"")
            }
            policy.signIn = mode
        case .refreshAhead: policy.refreshAhead = try item.seconds()
        case .legacyAhead: policy.legacyAhead = try item.seconds()
        case .signInTimeout: policy.signInTimeout = try item.seconds()
        case .coverAhead: policy.coverAhead = try item.seconds(canBeZero: true)
        case .notify:
            guard let command = item.string, !command.allSatisfy(\.isWhitespace) else {
                throw item.wrong("must be a shell command line, such as \"mail -s Claude me\"")
            }
            guard !command.utf8.contains(0) else { throw item.wrong("contains a NUL character") }
            notify = command
        case .setup, .locked:
            if let key = item.setupKey { try setup.set(key, item) }
        }
    }
}

/// The keys of `config.json`, in the order in which they are told.
package enum ConfigKey: String, CaseIterable, Sendable {
    case profiles, claudeFolders, signIn, refreshAhead, legacyAhead, signInTimeout, coverAhead, notify
    /// An object with the keys of `SetupKeyName`.
    case setup
    /// Of root's file alone: keys that nobody else may set.
    case locked
}

/// Why a `config.json` was refused.
package struct AgentConfigError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
