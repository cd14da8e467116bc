/// Compares the two readings of one section, and says for each difference how to write the line so that both agree.
struct ConfigComparison {
    /// The profile that the findings are about.
    var subject: String
    /// The section in brackets, as it should be written.
    var title: String

    private static let keys = [
        "sso_session", "sso_account_id", "sso_role_name", "sso_start_url", "sso_region", "sso_registration_scopes",
        "region", "role_arn", "source_profile", "credential_source", "web_identity_token_file", "credential_process",
        "login_session", "role_session_name", "external_id", "mfa_serial", "aws_access_key_id",
        "aws_secret_access_key", "aws_session_token", "services", "endpoint_url", "use_fips_endpoint",
        "use_dualstack_endpoint", "ignore_configured_endpoint_urls", "sso_oidc.endpoint_url", "sso.endpoint_url",
        "bedrock.endpoint_url", "bedrock_runtime.endpoint_url", "sts.endpoint_url",
    ]

    func findings(_ cli: INISection?, _ claude: INISection?) -> [Finding] {
        guard let cli else {
            guard let claude else { return [] }
            return [
                finding(
                    "\(claude.place): Claude Code reads \(title) here, the AWS CLI does not",
                    fix: "Write \(title) at \(claude.place).")
            ]
        }
        guard let claude else { return cli.settings.isEmpty ? [] : [unseen(cli)] }
        if cli.place != claude.place, cli.place.path == claude.place.path {
            return [
                finding(
                    "\(title) is there twice: the AWS CLI reads \(cli.place), Claude Code \(claude.place)",
                    fix: "Keep one of the two sections, and write it \(title).")
            ]
        }
        return Self.keys.compactMap { key in difference(key, cli.setting(key), claude.setting(key)) }
    }

    private func unseen(_ section: INISection) -> Finding {
        let advice =
            section.settings.allSatisfy { $0.isDefault }
            ? "Write its keys below \(title) itself; Claude Code ignores [DEFAULT]."
            : "Write \(title) with one space, nothing after the bracket, and a name of letters, digits, - _ . @ only."
        return finding("\(section.place): the AWS CLI reads \(title), Claude Code does not see it", fix: advice)
    }

    private func difference(_ key: String, _ cli: INISetting?, _ claude: INISetting?) -> Finding? {
        // JavaScript keeps no empty value; to both it is as good as none.
        let cliValue = cli?.value.isEmpty == true ? nil : cli?.value
        guard cliValue != claude?.value, let place = (cli ?? claude)?.place else { return nil }
        // Claude Code never registers, so it does not miss the scopes.
        if key == "sso_registration_scopes", claude == nil { return nil }
        let readings =
            ConfigValue.isSecret(key)
            ? "only " + (claude == nil ? "the AWS CLI" : "Claude Code") + " reads it"
            : "the AWS CLI reads \(Self.shown(cliValue)), Claude Code reads \(Self.shown(claude?.value))"
        return finding("\(place): \(key) of \(title): \(readings)", fix: fix(key, cli, claude, place))
    }

    private func fix(_ key: String, _ cli: INISetting?, _ claude: INISetting?, _ place: ConfigPlace) -> String {
        guard let cli else { return "Begin line \(place.line) without white space, as \(key) = value." }
        if cli.isDefault { return "Write \(key) in \(title) itself; Claude Code ignores [DEFAULT]." }
        if cli.value.contains("\n") {
            return "Remove the white space before the lines that follow \(cli.place): the AWS CLI adds them to \(key)."
        }
        guard let claude else {
            if cli.usesColon { return "Write \(key) = value at \(cli.place), not \(key): value." }
            if cli.spelling != key, !key.contains(".") { return "Write \(key) in lower case at \(cli.place)." }
            return "Begin \(cli.place) without white space: Claude Code reads it as part of the block above."
        }
        if cli.place.line != claude.place.line {
            return "Keep one of \(cli.place) and \(claude.place), in lower case, as \(key) = value."
        }
        if cli.value.hasPrefix(claude.value) { return "Move the comment at \(cli.place) to a line of its own." }
        return "Write \(key) = value at \(cli.place), with nothing else on the line."
    }

    private static func shown(_ value: String?) -> String { value.map(ConfigValue.shown) ?? "nothing" }

    private func finding(_ message: String, fix: String) -> Finding {
        Finding(.configReadDifferently, .warning, subject: subject, message: message, fix: fix)
    }
}
