/// The `awsAuthRefresh` command line, as far as it can be understood without running it.
package struct AuthRefresh: Equatable, Sendable {
    package let line: String
    private let words: [String]

    package init(_ line: String) {
        self.line = line
        words = ShellWords.split(line) ?? []
    }

    /// It is `bedrock-agent login …`: it joins a sign-in of ours, so we must run the real one.
    package var callsOnUs: Bool {
        words.count >= 2 && words[0].split(separator: "/").last == "bedrock-agent" && words[1] == "login"
    }

    /// What really signs in to the session behind a profile.
    package static func signIn(to profile: ResolvedProfile) -> String {
        (["aws", "sso", "login"] + profile.signInArguments.map(ShellWords.quoted)).joined(separator: " ")
    }

    /// What joins everybody's sign-in to the session behind a profile, for any number of Claude sessions at once.
    package static func coalesced(for profile: ResolvedProfile) -> String {
        login(as: profile.name)
    }

    /// The command of a person who signs in to the session behind a profile.
    package static func login(as profile: String) -> String {
        "bedrock-agent login --profile \(ShellWords.quoted(profile))"
    }

    /// What is wrong with it for a profile: another session, or a form that the AWS CLI refuses. One sentence.
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
