/// What `setup` takes as given: the object `setup` of `config.json`.
package struct SetupDefaults: Equatable, Sendable {
    /// The profile to use, or to create.
    package var profile: String?
    package var startURL: String?
    /// The region of Identity Center.
    package var ssoRegion: String?
    package var ssoSession: String?
    /// The first that the person has counts, in these three.
    package var accountIDs: [String] = []
    package var roleNames: [String] = []
    /// Inference profile IDs, or names of models as `ModelListing.first(of:in:)` takes them.
    package var models: [String] = []
    /// The Bedrock region.
    package var region: String?
    /// `bedrock-agent login` is to sign in, or else the AWS CLI.
    package var coalesce: Bool?
    package var separate: Bool?
    package var statusLine: Bool?
    package var hooks: Bool?

    package init() {}

    mutating func set(_ key: SetupKeyName, _ item: ConfigItem) throws(AgentConfigError) {
        switch key {
        case .profile: profile = try SetupDefaults.name(item)
        case .ssoSession: ssoSession = try SetupDefaults.name(item)
        case .ssoStartUrl:
            guard let url = item.string else { throw item.wrong("must be a start URL") }
            if let problem = StartURL.problem(url) { throw item.wrong("this URL \(problem)") }
            startURL = url
        case .ssoRegion: ssoRegion = try SetupDefaults.region(item)
        case .region: region = try SetupDefaults.region(item)
        case .accountId:
            guard let accounts = item.choice, accounts.allSatisfy(AWSConfig.isValid(accountID:)) else {
                throw item.wrong("must be a 12-digit account ID in quotes, or a list of them")
            }
            accountIDs = accounts
        case .roleName: roleNames = try SetupDefaults.choice(item, "a role's name")
        case .model: models = try SetupDefaults.choice(item, "an inference profile ID, a model's name")
        case .coalesce: coalesce = try SetupDefaults.bool(item)
        case .separate: separate = try SetupDefaults.bool(item)
        case .statusLine: statusLine = try SetupDefaults.bool(item)
        case .hooks: hooks = try SetupDefaults.bool(item)
        }
    }

    private static func name(_ item: ConfigItem) throws(AgentConfigError) -> String {
        guard let name = item.string, AWSConfig.isValid(newName: name) else {
            throw item.wrong("must be a name of letters, digits and . _ - / + @")
        }
        return name
    }

    private static func region(_ item: ConfigItem) throws(AgentConfigError) -> String {
        guard let region = item.string, Region.isValid(region) else {
            throw item.wrong("must be a region such as \"us-west-2\"")
        }
        return region
    }

    private static func choice(_ item: ConfigItem, _ what: String) throws(AgentConfigError) -> [String] {
        let isWord = { (text: String) in !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F } }
        guard let choice = item.choice, choice.allSatisfy(isWord) else {
            throw item.wrong("must be \(what), or a list of them")
        }
        return choice
    }

    private static func bool(_ item: ConfigItem) throws(AgentConfigError) -> Bool {
        guard let value = item.node.bool else { throw item.wrong("must be true or false") }
        return value
    }
}

/// The keys of `setup`, spelled as its flags are.
package enum SetupKeyName: String, CaseIterable, Sendable {
    case profile, ssoStartUrl, ssoRegion, ssoSession, accountId, roleName, region, model
    case coalesce, separate, statusLine, hooks

    /// As `locked` and messages have it.
    package var name: String { "\(ConfigKey.setup.rawValue).\(rawValue)" }
}
