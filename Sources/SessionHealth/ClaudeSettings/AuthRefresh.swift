/// The `awsAuthRefresh` command line, as far as it can be analyzed without running it.
package struct AuthRefresh: Equatable, Sendable {
    package let line: String
    private let words: [String]

    package init(_ line: String) {
        self.line = line
        words = ShellWords.split(line) ?? []
    }

    /// It is `bedrock-agent login …`. That joins the agent's sign-in, so the agent must run the actual sign-in command
    /// instead.
    package var callsOnUs: Bool {
        words.count >= 2 && words[0].split(separator: "/").last == "bedrock-agent" && words[1] == "login"
    }

    /// The command that signs in to a profile's session.
    package static func signIn(to profile: ResolvedProfile) -> String {
        (["aws", "sso", "login"] + profile.signInArguments.map(ShellWords.quoted)).joined(separator: " ")
    }

    /// The command that joins a running sign-in to a profile's session, for any number of Claude Code sessions at once.
    package static func coalesced(for profile: ResolvedProfile) -> String {
        login(as: profile.name)
    }

    /// The command for a user to sign in to a profile's session.
    package static func login(as profile: String) -> String {
        "bedrock-agent login --profile \(ShellWords.quoted(profile))"
    }

    /// What is wrong with it for a profile, in one sentence: it signs in to another session, or the AWS CLI rejects it.
    package func problem(for profile: ResolvedProfile, in config: AWSConfig?, source: String) -> String? {
        guard words.starts(with: ["aws", "sso", "login"]) || callsOnUs, let config else { return nil }
        if !callsOnUs, let name = value(of: "--sso-session") {
            guard name != profile.session.name else { return nil }
            return "\(source): awsAuthRefresh signs in to \(name), but \(profile.name) needs \(profile.session.name)"
        }
        guard let name = value(of: "--profile"), case .sso(let named)? = try? config.resolve(name) else { return nil }
        if named.chain.count > 1, !callsOnUs {
            return "\(source): aws sso login refuses profile \(name), which gets its session from"
                + " \(named.chain.dropFirst().joined(separator: ", "))"
        }
        guard named.session.name != profile.session.name else { return nil }
        return "\(source): awsAuthRefresh signs in to \(named.session.name), but \(profile.name) needs"
            + " \(profile.session.name)"
    }

    private func value(of option: String) -> String? {
        if let joined = words.first(where: { $0.hasPrefix(option + "=") }) {
            return String(joined.dropFirst(option.count + 1))
        }
        guard let index = words.firstIndex(of: option), index + 1 < words.count else { return nil }
        return words[index + 1]
    }
}
