/// What Claude Code signs its requests to Bedrock with.
package enum ClaudeCredentials: Equatable, Sendable {
    /// Those of the profile, by its name.
    case profile(Setting<String>)
    /// What `awsCredentialExport` prints, which gets it from this profile.
    case export(Setting<String>)
    /// Nothing that an AWS sign-in gives: why, and what to do for who wants that changed.
    case others(reason: String, fix: String)

    /// The profile behind them; nil where there is none.
    package var profile: Setting<String>? {
        switch self {
        case .profile(let profile), .export(let profile): profile
        case .others: nil
        }
    }
}

extension ClaudeSettings {
    package var credentials: ClaudeCredentials {
        if let token = bearerToken {
            return .others(
                reason: "\(ClaudeVariable.bearerToken) is set (\(token.source)), so Claude Code uses no session",
                fix: token.source.path == nil
                    ? "unset \(ClaudeVariable.bearerToken)" : "remove it there to use \(profile.value) again")
        }
        guard usesBedrock.value else { return .others(reason: whyNotBedrock, fix: "bedrock-agent setup") }
        if let skips = skipsAuth {
            return .others(
                reason: "\(skips.value) is set (\(skips.source)): a gateway authenticates", fix: "nothing to do")
        }
        if let export = credentialExport { return credentials(of: export) }
        if let keys = accessKeys {
            return .others(
                reason: "\(AWSVariable.accessKeyID) is set (\(keys.source)) and \(AWSVariable.profile) is not,"
                    + " so Claude Code uses these keys and no session",
                fix: "nothing to do; to use a session: bedrock-agent setup")
        }
        return .profile(profile)
    }

    private var whyNotBedrock: String {
        if usesBedrock.source.path != nil {
            return "Bedrock is switched off (\(ClaudeVariable.useBedrock), \(usesBedrock.source))"
        }
        if let other = otherProvider { return "Claude Code uses another provider (\(other.value), \(other.source))" }
        return "Claude Code is not set to use Bedrock (\(ClaudeVariable.useBedrock))"
    }

    /// Of a command that prints credentials only our own form and the AWS CLI's say by themselves of which profile.
    private func credentials(of export: Setting<String>) -> ClaudeCredentials {
        if let own = CredentialExport(export.value) {
            return .export(own.profile.map { Setting($0, from: export.source) } ?? profile)
        }
        let command = AWSCommandLine(export.value)
        guard let command, command.words.starts(with: ["configure", "export-credentials"]) else {
            return .others(
                reason: "awsCredentialExport (\(export.source)) prints Claude Code's credentials, and does not say"
                    + " which profile they are from",
                fix: "nothing to do; to have a session guarded all the same, name its profile under profiles in"
                    + " config.json")
        }
        return .export(command.profile.map { Setting($0, from: export.source) } ?? profile)
    }
}

/// `bedrock-agent credentials`, as `awsCredentialExport`.
package struct CredentialExport: Equatable, Sendable {
    /// Nil for the one that Claude Code uses.
    package let profile: String?

    /// - Returns: nil for any other command.
    package init?(_ line: String) {
        guard !line.utf8.contains(where: { ";&|<>`$()\n".utf8.contains($0) }), let words = ShellWords.split(line),
            words.count >= 2, words[0].split(separator: "/").last == "bedrock-agent", words[1] == "credentials"
        else { return nil }
        profile = AWSCommandLine.value(of: "--profile", in: words)
    }

    /// What `setup --separate` writes.
    package static func command(for profile: String) -> String {
        "bedrock-agent credentials --profile \(ShellWords.quoted(profile)) --format export --login"
    }
}
