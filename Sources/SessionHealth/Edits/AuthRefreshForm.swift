/// What `setup` makes of the `awsAuthRefresh` that is in place: its form is the user's choice, and stays as long as it
/// signs in to the right session.
extension AuthRefresh {
    package enum Form: Equatable, Sendable {
        /// One of those that `setup` writes by itself.
        case usual(String)
        /// Somebody's own, which signs in to the session all the same.
        case kept(String)
        /// What is written instead of one that cannot stay, and why it cannot.
        case replaced(String, why: String)

        package var line: String {
            switch self {
            case .usual(let line), .kept(let line), .replaced(let line, _): line
            }
        }
    }

    /// What Claude Code's own lock does not prevent where it runs the AWS CLI itself.
    package static let moreTabs = "a Claude Code session that takes over from another opens a second browser tab"

    /// - Parameters:
    ///   - keepsProfile: it is in place for this very profile.
    ///   - isApproved: the user has approved it.
    ///   - missing: a program of it that is not there.
    ///   - byCode: where Claude Code runs, only a code helps. A command that already shows one keeps doing so.
    ///   - hasAWS: there is an AWS CLI that can sign in.
    package func form(
        for profile: ResolvedProfile, keepsProfile: Bool, in config: AWSConfig, isApproved: Bool, missing: String?,
        byCode: Bool = false, hasAWS: Bool = true
    ) -> Form {
        let showsCode = words.contains(AWSCommandLine.deviceCode)
        let usual =
            callsOnUs || !hasAWS || byCode && !showsCode
            ? Self.coalesced(for: profile) : Self.signIn(to: profile, byCode: showsCode)
        if line == usual || isUsual && words.last == Self.whereNeeded { return .usual(usual) }
        let problem = problem(for: profile, in: config)
        if isUsual, callsOnUs || hasAWS { return .usual(keepsProfile && problem == nil ? line : usual) }
        if isUsual { return .replaced(usual, why: "there is no AWS CLI that can sign in") }
        if let missing { return .replaced(usual, why: "there is no program \(missing)") }
        switch problem {
        case .elsewhere(let why), .fails(let why): return .replaced(usual, why: why)
        case .skips(let why):
            guard let instead = SignInGuard(line)?.instead(for: profile) else { return .replaced(usual, why: why) }
            let form = AuthRefresh(instead).form(
                for: profile, keepsProfile: keepsProfile, in: config, isApproved: false, missing: nil, byCode: byCode,
                hasAWS: hasAWS)
            return .replaced(form.line, why: why)
        case nil:
            let isKnown = aws?.isSignIn == true || callsOnUs
            if isKnown || isApproved && keepsProfile { return .kept(line) }
            return .replaced(usual, why: "nothing says that it signs in to \(profile.session.name)")
        }
    }

    /// It is what `setup` writes for some profile or session, or names none.
    private var isUsual: Bool {
        let endings = [AWSCommandLine.deviceCode, Self.whereNeeded]
        let flag = endings.first { words.last == $0 }.map { " \($0)" } ?? ""
        if line == "aws sso login\(flag)" { return true }
        let name = words.dropLast(flag.isEmpty ? 0 : 1).last.map(ShellWords.quoted) ?? ""
        return ["aws sso login --profile", "aws sso login --sso-session", "bedrock-agent login --profile"].contains {
            line == "\($0) \(name)\(flag)"
        }
    }

    /// The programs that it starts, as far as that takes no shell to tell: absolute, below `~`, or to be found in `PATH`.
    package var programs: [String] {
        let text = AWSCommandLine.withoutShell(line)
        // A login shell has a PATH of its own.
        let isDirect = text == line
        var programs: [String] = []
        var begins = true
        for word in ShellWords.split(text) ?? [] {
            if ["||", "&&", ";", "|"].contains(word) {
                begins = true
            } else if begins, !Self.precedes(word) {
                begins = false
                let isPath = word.hasPrefix("/") || word.hasPrefix("~/")
                let isName = isDirect && !word.contains("/") && !Self.shellWords.contains(word)
                if isPath || isName, !word.contains(where: { "|;&<>`()$*?[]{}#!\"'\\\n".contains($0) }) {
                    programs.append(word)
                }
            }
        }
        return programs
    }

    /// What may stand in front of a program.
    private static func precedes(_ word: String) -> Bool {
        if ["exec", "command", "if", "then", "else", "!", "(", "{", "do", "while", "until"].contains(word) {
            return true
        }
        guard let mark = word.firstIndex(of: "="), mark != word.startIndex else { return false }
        return word[..<mark].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }

    /// What a shell does itself.
    private static let shellWords: Set = [
        ".", ":", "[", "alias", "bg", "break", "case", "cd", "continue", "done", "echo", "elif", "esac", "eval", "exit",
        "export", "false", "fc", "fg", "fi", "for", "getopts", "hash", "jobs", "kill", "local", "printf", "pwd", "read",
        "readonly", "return", "select", "set", "shift", "source", "test", "time", "times", "trap", "true", "type",
        "ulimit", "umask", "unalias", "unset", "wait",
    ]
}
