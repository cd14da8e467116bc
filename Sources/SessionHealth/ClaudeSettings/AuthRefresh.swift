/// The `awsAuthRefresh` command line, as far as it can be analyzed without running it.
package struct AuthRefresh: Equatable, Sendable {
    package let line: String
    let words: [String]
    /// The call of the AWS CLI that it is; nil where it is anything else.
    package let aws: AWSCommandLine?

    package init(_ line: String) {
        self.line = line
        words = ShellWords.split(line) ?? []
        aws = AWSCommandLine(line)
    }

    /// What it is called in a sentence: the program, and what that is to do.
    var name: String { words.prefix(2).joined(separator: " ") }

    /// It is `bedrock-agent login …`. That joins the agent's sign-in, unless the agent runs it itself.
    package var callsOnUs: Bool {
        words.count >= 2 && words[0].split(separator: "/").last == "bedrock-agent" && words[1] == "login"
    }

    /// The command that signs in to a profile's session.
    /// - Parameter byCode: by the device flow, where the AWS CLI would otherwise use a page that calls back to this
    ///   machine.
    package static func signIn(to profile: ResolvedProfile, byCode: Bool = false) -> String {
        let arguments = profile.signInArguments + (byCode ? [AWSCommandLine.deviceCode] : [])
        return (["aws", "sso", "login"] + arguments.map(ShellWords.quoted)).joined(separator: " ")
    }

    /// The command that joins a running sign-in to a profile's session, for any number of Claude Code sessions at once.
    package static func coalesced(for profile: ResolvedProfile) -> String {
        login(as: profile.name)
    }

    /// The command for a user to sign in to a profile's session.
    package static func login(as profile: String) -> String {
        "bedrock-agent login --profile \(ShellWords.quoted(profile))"
    }

    /// A sign-in that does nothing while the session works: for a Claude Code that runs it for want of other credentials.
    package static func ifNeeded(_ line: String) -> String { "\(line) \(whereNeeded)" }

    static let whereNeeded = "--if-needed"

    /// The same for a session of this kind: an `aws login` takes the AWS CLI, 2.32 or later.
    package static func login(as profile: String, _ kind: SSOSession.Kind) -> String {
        kind == .login ? "aws login --profile \(ShellWords.quoted(profile))" : login(as: profile)
    }

    /// The arguments with which the agent runs its own program; nil where it is anything else.
    package var ownArguments: [String]? {
        callsOnUs || words.starts(with: ["bedrock-agent", "cover"]) ? Array(words.dropFirst()) : nil
    }

    /// Why it will not do what it is there for.
    package enum Problem: Equatable, Sendable {
        /// It signs in to another session.
        case elsewhere(String)
        /// It cannot work.
        case fails(String)
        /// It may do nothing although the session has ended.
        case skips(String)
    }

    /// What is wrong with it for a profile, in one sentence. Of what is no call of the AWS CLI or of ours nothing is
    /// known.
    package func problem(for profile: ResolvedProfile, in config: AWSConfig?) -> Problem? {
        if let hider = SignInGuard(line) {
            return .skips(
                "awsAuthRefresh signs in only if `\(hider.check)` fails, which hides an ended session: with cached role"
                    + " credentials that works for up to an hour more; write only: \(hider.instead(for: profile))")
        }
        guard let config else { return nil }
        let isSignIn = aws?.isSignIn == true
        guard isSignIn || callsOnUs else { return nil }
        if isSignIn, let name = aws?.value(of: "--sso-session") {
            guard !name.isSpelled(as: profile.session.name) else { return nil }
            return .elsewhere("awsAuthRefresh signs in to \(name), but \(profile.name) needs \(profile.session.name)")
        }
        guard let name = callsOnUs ? AWSCommandLine.value(of: "--profile", in: words) : aws?.profile else { return nil }
        let command = callsOnUs ? "bedrock-agent login" : "aws sso login"
        do {
            guard case .sso(let named) = try config.resolve(name) else {
                return .fails("awsAuthRefresh cannot work: \(command) needs a session, and profile \(name) has none")
            }
            if named.chain.count > 1, !callsOnUs {
                return .fails(
                    "aws sso login refuses profile \(name), which gets its session from"
                        + " \(named.chain.dropFirst().joined(separator: ", "))")
            }
            guard !named.session.name.isSpelled(as: profile.session.name) else { return nil }
            return .elsewhere(
                "awsAuthRefresh signs in to \(named.session.name), but \(profile.name) needs \(profile.session.name)")
        } catch {
            return .fails("awsAuthRefresh cannot work: \(error)")
        }
    }
}
