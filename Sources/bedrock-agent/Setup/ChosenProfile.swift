import Host
import SessionHealth

/// The profile that Claude Code will use.
struct ChosenProfile {
    var name: String
    var kind: ProfileKind
    /// What makes it, or makes it better, in the config file with a Bedrock region; nil leaves that as it is.
    var edit: ((_ bytes: [UInt8]?, _ region: String) throws -> ConfigEdit)?

    /// The config file as it would be; nil where that stays as it is.
    func trial(for region: String, in context: SetupContext) throws -> [UInt8]? {
        try edit.map { try $0(context.configBytes(), region).bytes }
    }

    /// The AWS configuration as it would be.
    func config(for region: String, in context: SetupContext) throws -> AWSConfig {
        guard let bytes = try trial(for: region, in: context) else { return try context.config() }
        let files = try context.awsFiles(config: bytes)
        return try AWSConfig(config: files.config, credentials: files.credentials)
    }

    func edit(for region: String) -> (([UInt8]?) throws -> ConfigEdit)? {
        edit.map { edit in { try edit($0, region) } }
    }

    /// What root's `config.json` may lock.
    var choice: [SetupKeyName: String] { kind.choice(name) }

    /// The profile with its session, where it has one.
    var resolved: ResolvedProfile? {
        guard case .sso(let profile) = kind else { return nil }
        return profile
    }

    /// What it is and where its credentials come from, on one line.
    static func words(_ name: String, _ kind: ProfileKind) -> String {
        switch kind {
        case .sso(let profile) where profile.session.kind == .legacy: "\(name) → \(profile.session.name) (legacy)"
        case .sso(let profile): "\(name) → \(profile.session.name) (sso-session)"
        case .unguarded(let why): "\(why)"
        }
    }

    /// The cells of a menu for any profile of the files.
    static func cells(_ name: String, in config: AWSConfig) -> [String] {
        do {
            switch try config.resolve(name) {
            case .sso(let profile):
                let isLegacy = profile.session.kind == .legacy
                var what = isLegacy ? "legacy, expires after 8 h" : "sso-session \(profile.session.name)"
                if !isLegacy, !profile.session.hasAccountScope { what += ", cannot be refreshed" }
                if profile.chain.count > 1 { what = "role via \(profile.chain[1])" }
                return [name, what, profile.accountID, profile.roleName]
            case .unguarded(let why): return [name, words(why.source)]
            }
        } catch {
            return [name, "invalid: \(error)"]
        }
    }

    private static func words(_ source: Unguarded.Source) -> String {
        switch source {
        case .accessKeys: "access keys"
        case .credentialProcess: "external (credential_process)"
        case .credentialSource: "external (credential_source)"
        case .webIdentity: "external (web identity)"
        case .loginSession: "aws login"
        case .nothing: "no credentials"
        }
    }
}
