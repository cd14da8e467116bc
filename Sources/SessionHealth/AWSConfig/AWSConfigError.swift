/// Why a profile or session cannot be used, where the problem is, and how to fix it; never quotes a secret.
package enum AWSConfigError: Error, Hashable, Sendable, CustomStringConvertible {
    case noSuchProfile(String, others: OtherNames, meant: NearMiss?)
    /// `place` is the `sso_session` key with the name; nil if the user asked for it by name.
    case noSuchSession(String, others: OtherNames, place: ConfigPlace?, meant: NearMiss?)
    case noSuchSource(String, profile: String, others: OtherNames, place: ConfigPlace, meant: NearMiss?)
    /// The visited profiles; the last one is the first to occur twice.
    case loop([String], place: ConfigPlace)
    /// From this profile, more `source_profile`s than the AWS CLI can follow.
    case tooLong(from: String, place: ConfigPlace)
    case missingKeys([String], section: String, place: ConfigPlace)
    /// A key that is missing because it is indented, below another one.
    case indented(key: String, below: String, place: ConfigPlace)
    case twoSources(profile: String, place: ConfigPlace)
    /// The value of a `credential_source`.
    case unknownSource(String, place: ConfigPlace)
    case sourceWithoutCredentials(profile: String, place: ConfigPlace)
    case conflict(key: String, profile: ConfigPlace, session: ConfigPlace)
    case badRegion(String, key: String, place: ConfigPlace)
    case badAccount(String, place: ConfigPlace)
    case badStartURL(String, place: ConfigPlace)

    /// Keys that a section lacks.
    static func missing(_ keys: [String], from section: INISection, titled title: String) -> Self {
        for setting in section.settings {
            guard let key = setting.swallowed.first(where: { keys.contains($0.name) }) else { continue }
            return .indented(key: key.name, below: setting.key, place: key.place)
        }
        return .missingKeys(keys, section: title, place: section.place)
    }

    package var description: String {
        switch self {
        case .noSuchProfile(let name, _, let meant):
            "no profile \"\(name)\"\(Self.shown(meant, "is not a profile"))"
        case .noSuchSession(let name, _, let place, let meant):
            Self.prefix(place)
                + "no section [sso-session \(name)] in the config file\(Self.shown(meant, "is not read as one"))"
        case .noSuchSource(let source, let profile, _, let place, let meant):
            "\(place): source_profile of \"\(profile)\" is \"\(source)\", which does not exist"
                + Self.shown(meant, "is not a profile")
        case .loop(let chain, let place):
            "\(place): source_profile forms a loop: " + chain.joined(separator: " -> ")
        case .tooLong(let name, let place):
            "\(place): \"\(name)\" leads through so many source_profiles that the AWS CLI cannot follow"
        case .missingKeys(let keys, let section, let place):
            "\(place): [\(section)] has no \(keys.joined(separator: ", "))"
        case .indented(let key, let other, let place):
            "\(place): \(key) is indented, so the AWS CLI reads it as part of \(other)"
        case .twoSources(let profile, let place):
            "\(place): \"\(profile)\" has both source_profile and credential_source"
        case .unknownSource(let source, let place):
            "\(place): credential_source is \(ConfigValue.shown(source)), and there is none of that name"
        case .sourceWithoutCredentials(let profile, let place):
            "\(place): \"\(profile)\" is used as a source_profile but has no credentials"
        case .conflict(let key, let profile, let session):
            "\(profile): \(key) differs from the one in the sso-session (\(session))"
        case .badRegion(let region, let key, let place):
            "\(place): \(key) is \(ConfigValue.shown(region)), which is not a region name"
        case .badAccount(let account, let place):
            "\(place): sso_account_id is \(ConfigValue.shown(account)), which is not 12 digits"
        case .badStartURL(let url, let place) where url.contains("\n"):
            "\(place): sso_start_url continues in the indented line below it"
        case .badStartURL(let url, let place):
            "\(place): sso_start_url is \(ConfigValue.shown(url)), which is not an address"
        }
    }

    /// What to do about it.
    package var fix: String {
        switch self {
        case .noSuchProfile(_, let others, let meant):
            meant?.fix ?? others.fix(or: "create it: bedrock-agent setup")
        case .noSuchSession(_, let others, let place, let meant):
            meant?.fix ?? others.fix(at: place, or: "make a new profile: bedrock-agent setup")
        case .noSuchSource(_, _, let others, let place, let meant):
            meant?.fix ?? others.nearest.map { "Did you mean \"\($0)\"? Correct \(place)." }
                ?? "Name an existing profile at \(place)."
        case .loop(_, let place): "Make source_profile at \(place) name a profile with its own credentials."
        case .tooLong(_, let place): "Make source_profile at \(place) name the profile with the SSO settings."
        case .missingKeys(let keys, _, let place):
            "Add " + keys.joined(separator: " and ") + " below \(place)."
        case .indented(_, _, let place): "Remove the white space at the start of \(place)."
        case .twoSources(_, let place): "Keep one of the two keys below \(place)."
        case .unknownSource(_, let place):
            "Write Environment, Ec2InstanceMetadata or EcsContainer at \(place)."
        case .sourceWithoutCredentials(let profile, _):
            "Add SSO settings to \"\(profile)\": \(Self.configure(profile))"
        case .conflict(let key, let profile, _): "Remove \(key) at \(profile); the sso-session has it."
        case .badRegion(_, let key, let place):
            "Write \(key) at \(place) as a region such as us-east-1, with nothing after it."
        case .badAccount(let account, let place):
            "Write the 12 digits of the account alone at \(place)"
                + (account.count < 12 && account.allSatisfy(\.isNumber) ? "; zeros may be missing in front." : ".")
        case .badStartURL(_, let place):
            "Write the address of the access portal alone at \(place): https://…, without quotes."
        }
    }

    private static func shown(_ meant: NearMiss?, _ what: String) -> String {
        meant.map { ": \($0.place) has [\($0.header)], which \(what)" } ?? ""
    }

    private static func configure(_ profile: String) -> String {
        "aws configure sso --profile \(ShellWords.quoted(profile))"
    }

    private static func prefix(_ place: ConfigPlace?) -> String { place.map { "\($0): " } ?? "" }
}
