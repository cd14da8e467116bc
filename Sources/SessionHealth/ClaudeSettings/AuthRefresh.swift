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
        (["aws", "sso", "login"] + profile.signInArguments.map(quoted)).joined(separator: " ")
    }

    /// What joins everybody's sign-in to the session behind a profile, for any number of Claude sessions at once.
    package static func coalesced(for profile: ResolvedProfile) -> String {
        login(as: profile.name)
    }

    /// The command of a person who signs in to the session behind a profile.
    package static func login(as profile: String) -> String { "bedrock-agent login --profile \(quoted(profile))" }

    /// What is wrong with it for a profile: another session, or a form that the AWS CLI refuses.
    package func finding(for profile: ResolvedProfile, in config: AWSConfig?, source: String) -> Finding? {
        guard words.starts(with: ["aws", "sso", "login"]) || callsOnUs, let config else { return nil }
        let fix = "bedrock-agent setup --profile \(AuthRefresh.quoted(profile.name))"
        func finding(_ message: String) -> Finding {
            Finding(.authRefreshElsewhere, .warning, subject: profile.name, message: message, fix: fix)
        }
        if !callsOnUs, let name = value(of: "--sso-session") {
            guard name != profile.session.name else { return nil }
            return finding(
                "\(source): awsAuthRefresh signs in to \(name), but \(profile.name) needs \(profile.session.name)")
        }
        guard let name = value(of: "--profile"), case .sso(let named)? = try? config.resolve(name) else { return nil }
        if named.chain.count > 1, !callsOnUs {
            return finding(
                "\(source): aws sso login refuses profile \(name), which has its session through"
                    + " \(named.chain.dropFirst().joined(separator: ", "))")
        }
        guard named.session.name != profile.session.name else { return nil }
        return finding(
            "\(source): awsAuthRefresh signs in to \(named.session.name), but \(profile.name) needs"
                + " \(profile.session.name)")
    }

    private func value(of option: String) -> String? {
        if let joined = words.first(where: { $0.hasPrefix(option + "=") }) {
            return String(joined.dropFirst(option.count + 1))
        }
        guard let index = words.firstIndex(of: option), index + 1 < words.count else { return nil }
        return words[index + 1]
    }

    /// A word for the shell.
    package static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "-_./:@+=,%".utf8.contains(byte)
        }
        return isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: #"'\''"#))'"
    }
}
