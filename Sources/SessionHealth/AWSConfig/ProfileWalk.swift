// How a profile gets its credentials, in botocore's order: an assumed role through its source profile, then (for the
// profile itself, or for the last source) web identity, SSO, credentials file, login session, process, keys in the
// config file.

struct ProfileWalk {
    private static let credentialSources = ["Ec2InstanceMetadata", "Environment", "EcsContainer"]

    /// Profiles that lead to each other. With a few more, the AWS CLI ends with Python's `RecursionError`.
    private static let longest = 300

    private let config: AWSConfig
    private let name: String

    init(config: AWSConfig, name: String) {
        self.config = config
        self.name = name
    }

    func kind() throws(AWSConfigError) -> ProfileKind {
        guard let first = config.cli.profiles[name] else {
            // Without AWS_PROFILE, no profile was requested: credentials may come from the environment or the host.
            if name == ConfigView.defaultProfile {
                return .unguarded(Unguarded(source: .nothing, profile: name, place: nil))
            }
            throw .noSuchProfile(
                name, others: OtherNames(than: name, among: config.cli.profileNames),
                meant: config.headers.profile(name))
        }
        var chain = [name]
        var profile = first
        while let role = assumedRole(profile) {
            let current = chain[chain.count - 1]
            // The AWS CLI asks for that role and is refused; Claude Code looks for other credentials.
            if role.value.isEmpty { throw .missing(["role_arn"], from: profile, titled: title(current)) }
            if let named = profile.setting("credential_source") {
                if profile.setting("source_profile") != nil {
                    throw .twoSources(profile: current, place: profile.place)
                }
                guard Self.credentialSources.contains(named.value) else {
                    throw .unknownSource(named.value, place: named.place)
                }
                return .unguarded(Unguarded(source: .credentialSource, profile: current, place: named.place))
            }
            guard let source = profile.setting("source_profile") else {
                throw .missingKeys(["source_profile"], section: title(current), place: role.place)
            }
            guard let next = config.cli.profiles[source.value] else {
                let others = OtherNames(than: source.value, among: config.cli.profileNames)
                throw .noSuchSource(
                    source.value, profile: current, others: others, place: source.place,
                    meant: config.headers.profile(source.value))
            }
            // A profile may be its own source if it has access keys.
            let isOwn = source.value.isSpelled(as: current)
            if chain.contains(where: source.value.isSpelled), !isOwn || !hasAccessKeys(next) {
                throw .loop(chain + [source.value], place: source.place)
            }
            if !isOwn { chain.append(source.value) }
            guard chain.count <= Self.longest else { throw .tooLong(from: name, place: source.place) }
            profile = next
            if hasAccessKeys(next) { break }
        }
        return try credentials(of: profile, chain: chain)
    }

    private func credentials(of profile: INISection, chain: [String]) throws(AWSConfigError) -> ProfileKind {
        let last = chain[chain.count - 1]
        func unguarded(_ source: Unguarded.Source, _ setting: INISetting?) -> ProfileKind {
            .unguarded(Unguarded(source: source, profile: last, place: setting?.place))
        }
        func accessKeys(_ key: INISetting) throws(AWSConfigError) -> ProfileKind {
            guard profile.setting("aws_secret_access_key") != nil else {
                throw .missingKeys(["aws_secret_access_key"], section: title(last), place: key.place)
            }
            return unguarded(.accessKeys, key)
        }
        if let token = profile.setting("web_identity_token_file"), !token.value.isEmpty {
            return unguarded(.webIdentity(token.value), token)
        }
        if profile.setting("sso_role_name") != nil || profile.setting("sso_account_id") != nil {
            return .sso(try sso(profile, chain: chain))
        }
        let key = profile.setting("aws_access_key_id")
        if let key, key.place.path == config.credentialsPath { return try accessKeys(key) }
        if let login = profile.setting("login_session") { return unguarded(.loginSession(login.value), login) }
        if let process = profile.setting("credential_process") { return unguarded(.credentialProcess, process) }
        if let key { return try accessKeys(key) }
        if profile.setting("sso_session") != nil || profile.setting("sso_start_url") != nil {
            throw .missing(["sso_account_id", "sso_role_name"], from: profile, titled: title(last))
        }
        if chain.count > 1 { throw .sourceWithoutCredentials(profile: last, place: profile.place) }
        return unguarded(.nothing, nil)
    }

    private func sso(_ profile: INISection, chain: [String]) throws(AWSConfigError) -> ResolvedProfile {
        let last = chain[chain.count - 1]
        let session: SSOSession
        var section = profile
        if let named = profile.setting("sso_session") {
            session = try config.session(named: named.value, askedAt: named.place)
            section = config.cli.sessions[named.value] ?? section
            try refuseConflicts(profile, section)
        } else {
            let (startURL, region) = try config.signInKeys(profile, titled: { title(last) })
            session = SSOSession(legacyStartURL: startURL, region: region)
        }
        let account = profile["sso_account_id"] ?? section["sso_account_id"] ?? ""
        let role = profile["sso_role_name"] ?? section["sso_role_name"] ?? ""
        let missing = [("sso_account_id", account), ("sso_role_name", role)].filter(\.1.isEmpty).map(\.0)
        guard missing.isEmpty else { throw .missing(missing, from: profile, titled: title(last)) }
        if let id = profile.setting("sso_account_id") ?? section.setting("sso_account_id"),
            !AWSConfig.isValid(accountID: ConfigValue.asClaudeReads(id.value))
        {
            throw .badAccount(id.value, place: id.place)
        }
        let first = config.cli.profiles[name]
        return ResolvedProfile(
            name: name, chain: chain, session: session, accountID: account, roleName: role, region: first?["region"],
            caBundle: first?["ca_bundle"], endpoints: config.endpoints(of: name),
            assumedRole: chain.count == 2 ? first.flatMap(roleAssumed(by:)) : nil)
    }

    private func roleAssumed(by profile: INISection) -> AssumedRole? {
        profile.setting("role_arn").map {
            AssumedRole(
                arn: $0.value, externalID: profile["external_id"], sessionName: profile["role_session_name"],
                duration: profile["duration_seconds"].flatMap { Int($0) }, mfa: profile.setting("mfa_serial")?.place)
        }
    }

    /// A key in both the profile and the session must have the same value.
    private func refuseConflicts(_ profile: INISection, _ session: INISection) throws(AWSConfigError) {
        for theirs in session.settings {
            if let own = profile.setting(theirs.key), own.value != theirs.value {
                throw .conflict(key: own.key, profile: own.place, session: theirs.place)
            }
        }
    }

    /// A role with a token file uses web identity, not a source profile.
    private func assumedRole(_ profile: INISection) -> INISetting? {
        profile.setting("web_identity_token_file") == nil ? profile.setting("role_arn") : nil
    }

    private func hasAccessKeys(_ profile: INISection) -> Bool {
        profile.setting("aws_access_key_id") != nil || profile.setting("aws_secret_access_key") != nil
    }

    private func title(_ profile: String) -> String {
        profile == ConfigView.defaultProfile ? profile : "profile \(profile)"
    }
}
