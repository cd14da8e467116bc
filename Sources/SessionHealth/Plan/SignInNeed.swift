import FoundationEssentials

/// A sign-in that a session needs, and what keeps it from starting.
package struct SignInNeed: Equatable, Sendable {
    /// What ended; follows the session's name.
    package var reason: String
    /// A legacy token is still valid, and nothing fails yet.
    package var isEarly: Bool
    /// Nil if it may run now.
    package var hold: SignInHold?
}

/// Why a sign-in that is needed does not start automatically now.
package enum SignInHold: Equatable, Sendable {
    case noCommand
    case unapproved
    /// The reason names file and remedy.
    case untrusted(reason: String)
    case policy(Policy.SignIn)
    case another
    /// A `bedrock-agent login` is signing in, or the AWS CLI, as Claude Code runs it.
    case inATerminal
    case away
    case noDisplay
    /// Perhaps on purpose.
    case signedOut
    /// Its start cannot be written down, so that the next process would repeat it.
    case unrecorded
    case resting(result: String, until: Date)
    case budget(Int, until: Date)

    /// When it ends without anybody's doing.
    var until: Date? {
        switch self {
        case .resting(_, let date), .budget(_, let date): date
        default: nil
        }
    }

    /// Follows the need's reason in a message.
    var words: String {
        switch self {
        case .noCommand: "Claude Code's settings contain no awsAuthRefresh to run"
        case .unapproved: "awsAuthRefresh has not been approved"
        case .untrusted(let reason): "awsAuthRefresh is not run: \(reason)"
        case .policy(let policy): "signIn is \"\(policy.rawValue)\" in config.json"
        case .another: "another sign-in is under way"
        case .inATerminal: "somebody is signing in already"
        case .away: "waiting until you are back at the screen"
        case .noDisplay: "there is no display to open a browser on"
        case .signedOut: "somebody may have signed out on purpose, so no sign-in starts by itself"
        case .unrecorded: "no sign-in starts by itself while the agent's records cannot be read and written"
        case .resting(let result, let until):
            "\(Self.failure(result)); next try at \(Timestamp.format(until))"
        case .budget(let most, let until):
            "the limit of \(most) automatic sign-ins a day is reached; next one at \(Timestamp.format(until))"
        }
    }

    private static func failure(_ result: String) -> String {
        result == "timed-out" ? "the last sign-in timed out" : "the last sign-in failed (\(result))"
    }

    /// The command that fixes it; nil if that is to sign in. `setup` writes none that would be of use for an `aws login`.
    func fix(of kind: SSOSession.Kind) -> String? {
        switch self {
        case .noCommand where kind != .login: "bedrock-agent setup"
        case .unapproved: "bedrock-agent approve"
        default: nil
        }
    }
}
