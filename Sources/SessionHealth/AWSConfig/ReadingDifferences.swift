// Where the AWS CLI (which signs in) and Claude Code (which uses the sign-in) read the same file differently. Covers
// only keys that decide the credentials, and only one profile with what it refers to.

/// One difference between the two readers, and how to write it so that they agree.
package struct ReadingDifference: Equatable, Sendable {
    /// The profile or environment variable concerned.
    package var subject: String
    package var message: String
    package var fix: String
}

extension AWSConfig {
    /// The differences for a profile, its source profiles, its session and its services.
    package func differences(for profile: String) -> [ReadingDifference] {
        var differences: [ReadingDifference] = []
        var name: String? = profile
        var seen: Set<String> = []
        while let current = name, seen.insert(current).inserted {
            let ours = cli.profiles[current]
            let theirs = claude.profiles[current]
            let title = current == ConfigView.defaultProfile ? "[default]" : "[profile \(current)]"
            differences += SectionComparison(subject: profile, title: title).differences(ours, theirs)
            if let session = ours?["sso_session"] {
                differences += SectionComparison(subject: profile, title: "[sso-session \(session)]")
                    .differences(cli.sessions[session], claude.sessions[session])
            }
            if let services = ours?["services"] {
                differences += SectionComparison(subject: profile, title: "[services \(services)]")
                    .differences(cli.services[services], claude.services[services])
            }
            if let code = codeDevice(of: current) {
                differences.append(
                    ReadingDifference(
                        subject: profile,
                        message: "\(code.place): \(title) has an mfa_serial: the AWS CLI asks for its code, Claude Code"
                            + " cannot, and gets no credentials",
                        fix: "Remove mfa_serial at \(code.place) if the role does not require it, or use another"
                            + " profile: bedrock-agent setup"))
            }
            name = ours?["role_arn"] == nil ? nil : ours?["source_profile"]
        }
        differences += [noRegion(of: profile), unusedSession(of: profile)].compactMap(\.self)
        differences += flatServices(of: profile)
        if case .sso(let resolved)? = try? resolve(profile), let other = preferredOverSSO(in: resolved) {
            differences.append(other)
        }
        return differences
    }

    /// A `region` that both read alike, and that is none.
    private func noRegion(of profile: String) -> ReadingDifference? {
        guard let section = cli.profiles[profile], let setting = section.setting("region") else { return nil }
        let value: String
        if setting.value.isEmpty {
            guard section.hasBlock("region") else { return nil }
            value = "a block of keys"
        } else {
            guard claude.profiles[profile]?["region"] == setting.value, ownRegion(of: profile) == nil else {
                return nil
            }
            value = ConfigValue.shown(setting.value)
        }
        return ReadingDifference(
            subject: profile,
            message: "\(setting.place): region is \(value), which is not a region name: the AWS CLI fails with it,"
                + " Claude Code uses \(claudeRegion(of: profile)) unless \(AWSVariable.region) is set",
            fix: "Write region at \(setting.place) as a region such as us-east-1, with nothing after it.")
    }

    /// The `sso_session` of a profile that assumes a role is not used for it, and yet must be there for the AWS CLI.
    private func unusedSession(of profile: String) -> ReadingDifference? {
        guard let section = cli.profiles[profile], section["role_arn"] != nil,
            let named = section.setting("sso_session")
        else { return nil }
        do throws(AWSConfigError) {
            _ = try session(named: named.value, askedAt: named.place)
            return nil
        } catch {
            return ReadingDifference(
                subject: profile, message: "\(error): the AWS CLI fails with that, Claude Code does not look at it",
                fix: error.fix)
        }
    }

    /// What stands for a service in the profile's `[services …]` section, and is no block with its settings.
    private func flatServices(of profile: String) -> [ReadingDifference] {
        guard let name = cli.profiles[profile]?["services"], let section = cli.services[name] else { return [] }
        return AWSService.allCases.compactMap { service in
            guard let setting = section.setting(service.rawValue), !section.hasBlock(service.rawValue) else {
                return nil
            }
            return ReadingDifference(
                subject: profile,
                message: "\(setting.place): \(service.rawValue) of [services \(name)] is not a block of indented lines:"
                    + " the AWS CLI fails with it, Claude Code leaves it out",
                fix: "Write \(service.rawValue) = at \(setting.place), and endpoint_url = … below it, indented.")
        }
    }

    /// The device whose code the role of a profile requires, if it does.
    private func codeDevice(of profile: String) -> INISetting? {
        guard let section = claude.profiles[profile], section["role_arn"] != nil else { return nil }
        return section.setting("mfa_serial")
    }

    /// Whether Claude Code finds all that it needs of a profile which the AWS CLI reads; where it does not, a difference
    /// names what.
    package func isSeenByClaude(_ profile: ResolvedProfile) -> Bool {
        guard profile.chain.allSatisfy({ claude.profiles[$0] != nil && codeDevice(of: $0) == nil }),
            let last = profile.chain.last,
            let section = claude.profiles[last]
        else { return false }
        guard section["sso_account_id"] != nil, section["sso_role_name"] != nil else { return false }
        guard let name = section["sso_session"] else {
            return section["sso_start_url"] != nil && section["sso_region"] != nil
        }
        return claude.sessions[name]?["sso_start_url"] != nil && claude.sessions[name]?["sso_region"] != nil
    }

    /// The region that Claude Code takes where nothing else names one: the profile's, as far as it can be one.
    package func claudeRegion(of profile: String) -> String {
        ownRegion(of: profile) ?? "us-east-1"
    }

    /// The region that a profile names, as far as it can be one.
    package func ownRegion(of profile: String) -> String? {
        claude.profiles[profile]?["region"].flatMap { Region.isValid($0) ? $0 : nil }
    }

    /// Settings of a profile that the AWS CLI ignores in favor of SSO, but Claude Code prefers; nil without any.
    package func preferredOverSSO(in profile: ResolvedProfile) -> ReadingDifference? {
        let last = profile.chain.last ?? profile.name
        guard let section = claude.profiles[last] else { return nil }
        let keys = ["aws_access_key_id", "aws_secret_access_key"].compactMap { section.setting($0) }
        let setting = keys.count == 2 ? keys.first : section.setting("credential_process")
        guard let setting else { return nil }
        return ReadingDifference(
            subject: profile.name,
            message: "\(setting.place): profile \"\(last)\" has \(setting.spelling) and SSO settings: "
                + "the AWS CLI uses SSO, Claude Code uses \(setting.spelling)",
            fix: "Remove " + (keys.count == 2 ? "the access keys" : "credential_process")
                + " from the profile, or the sso_ keys.")
    }
}

/// Compares the two readings of one section, and tells for each difference how to write the line so that both agree.
private struct SectionComparison {
    /// The profile concerned.
    var subject: String
    /// The section header, as it should be written.
    var title: String

    private static let keys = [
        "sso_session", "sso_account_id", "sso_role_name", "sso_start_url", "sso_region", "sso_registration_scopes",
        "region", "role_arn", "source_profile", "credential_source", "web_identity_token_file", "credential_process",
        "login_session", "role_session_name", "external_id", "mfa_serial", "aws_access_key_id",
        "aws_secret_access_key", "aws_session_token", "services", "endpoint_url", "use_fips_endpoint",
        "use_dualstack_endpoint", "ignore_configured_endpoint_urls", "sso_oidc.endpoint_url", "sso.endpoint_url",
        "bedrock.endpoint_url", "bedrock_runtime.endpoint_url", "sts.endpoint_url",
    ]

    func differences(_ cli: INISection?, _ claude: INISection?) -> [ReadingDifference] {
        guard let cli else {
            guard let claude else { return [] }
            return [
                difference(
                    "\(claude.place): Claude Code reads \(title) here, the AWS CLI does not",
                    fix: "Write \(title) at \(claude.place).")
            ]
        }
        guard let claude else { return cli.settings.isEmpty ? [] : [unseen(cli)] }
        if cli.place != claude.place, cli.place.path == claude.place.path {
            return [
                difference(
                    "\(title) is there twice: the AWS CLI reads \(cli.place), Claude Code \(claude.place)",
                    fix: "Keep one of the two sections, and write it \(title).")
            ]
        }
        return Self.keys.compactMap { key in difference(of: key, cli.setting(key), claude.setting(key)) }
    }

    private func unseen(_ section: INISection) -> ReadingDifference {
        let advice =
            section.settings.allSatisfy { $0.isDefault }
            ? "Write its keys below \(title) itself; Claude Code ignores [DEFAULT]."
            : "Write \(title) with one space, nothing after the bracket, and a name of letters, digits, - _ . @ only."
        return difference("\(section.place): the AWS CLI reads \(title), Claude Code does not see it", fix: advice)
    }

    private func difference(of key: String, _ cli: INISetting?, _ claude: INISetting?) -> ReadingDifference? {
        // The JavaScript SDK ignores empty values; for both readers an empty value counts as none.
        let cliValue = cli?.value.isEmpty == true ? nil : cli?.value
        guard cliValue != claude?.value, let place = (cli ?? claude)?.place else { return nil }
        // Claude Code never registers a client, so it does not need the scopes.
        if key == "sso_registration_scopes", claude == nil { return nil }
        let readings =
            ConfigValue.isSecret(key)
            ? "only " + (claude == nil ? "the AWS CLI" : "Claude Code") + " reads it"
            : "the AWS CLI reads \(Self.shown(cliValue)), Claude Code reads \(Self.shown(claude?.value))"
        return difference("\(place): \(key) of \(title): \(readings)", fix: fix(key, cli, claude, place))
    }

    private func fix(_ key: String, _ cli: INISetting?, _ claude: INISetting?, _ place: ConfigPlace) -> String {
        guard let cli else { return "Remove the white space at the start of line \(place.line): \(key) = value." }
        if cli.isDefault { return "Write \(key) in \(title) itself; Claude Code ignores [DEFAULT]." }
        if cli.value.contains("\n") {
            return "Remove the white space before the lines that follow \(cli.place): the AWS CLI adds them to \(key)."
        }
        guard let claude else {
            if cli.usesColon { return "Write \(key) = value at \(cli.place), not \(key): value." }
            if cli.spelling != key, !key.contains(".") { return "Write \(key) in lower case at \(cli.place)." }
            if let mark = cli.value.first, "#;".contains(mark) {
                return "Remove the comment at \(cli.place), and \(key) with it."
            }
            return
                "Remove the white space at the start of \(cli.place): Claude Code reads it as part of the block above."
        }
        if cli.place.line != claude.place.line {
            return "Keep one of \(cli.place) and \(claude.place), in lower case, as \(key) = value."
        }
        if cli.value.hasPrefix(claude.value) { return "Move the comment at \(cli.place) to a line of its own." }
        return "Write \(key) = value at \(cli.place), with nothing else on the line."
    }

    private static func shown(_ value: String?) -> String { value.map(ConfigValue.shown) ?? "nothing" }

    private func difference(_ message: String, fix: String) -> ReadingDifference {
        ReadingDifference(subject: subject, message: message, fix: fix)
    }
}
