// Where the AWS CLI (which signs in) and Claude Code (which uses the sign-in) read the same file differently.
// Only keys that decide credentials, and only for one profile with what it leads to.

extension AWSConfig {
    /// Findings (`config-read-differently`) for a profile, the profiles it leads to, its session and its services.
    package func differences(for profile: String) -> [Finding] {
        var findings: [Finding] = []
        var name: String? = profile
        var seen: Set<String> = []
        while let current = name, seen.insert(current).inserted {
            let ours = cli.profiles[current]
            let theirs = claude.profiles[current]
            let title = current == ConfigView.defaultProfile ? "[default]" : "[profile \(current)]"
            findings += ConfigComparison(subject: profile, title: title).findings(ours, theirs)
            if let session = ours?["sso_session"] {
                findings += ConfigComparison(subject: profile, title: "[sso-session \(session)]")
                    .findings(cli.sessions[session], claude.sessions[session])
            }
            if let services = ours?["services"] {
                findings += ConfigComparison(subject: profile, title: "[services \(services)]")
                    .findings(cli.services[services], claude.services[services])
            }
            name = ours?["role_arn"] == nil ? nil : ours?["source_profile"]
        }
        if case .sso(let resolved)? = try? resolve(profile), let last = resolved.chain.last {
            findings += overriding(last, subject: profile)
        }
        return findings
    }

    /// Settings that the AWS CLI passes over in favour of SSO, and Claude Code takes first.
    private func overriding(_ profile: String, subject: String) -> [Finding] {
        guard let section = claude.profiles[profile] else { return [] }
        let keys = ["aws_access_key_id", "aws_secret_access_key"].compactMap { section.setting($0) }
        let setting = keys.count == 2 ? keys.first : section.setting("credential_process")
        guard let setting else { return [] }
        return [
            Finding(
                .configReadDifferently, .warning, subject: subject,
                message: "\(setting.place): profile \"\(profile)\" has \(setting.spelling) and SSO settings: "
                    + "the AWS CLI uses SSO, Claude Code uses \(setting.spelling)",
                fix: "Remove " + (keys.count == 2 ? "the access keys" : "credential_process")
                    + " from the profile, or the sso_ keys.")
        ]
    }
}
