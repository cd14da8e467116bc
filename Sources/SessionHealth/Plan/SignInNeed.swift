import FoundationEssentials

/// A sign-in that a session needs, and what keeps it from starting.
package struct SignInNeed: Equatable, Sendable {
    /// What ended, in words that go after the session's name.
    package var reason: String
    /// A legacy token still lives, and nothing fails yet.
    package var isEarly: Bool
    /// Nil where it may run now.
    package var hold: SignInHold?
}

/// Why a sign-in that is needed does not start by itself now.
package enum SignInHold: Equatable, Sendable {
    case noCommand
    case unapproved
    /// The reason names file and remedy.
    case untrusted(reason: String)
    case policy(Policy.SignIn)
    case another
    /// `bedrock-agent login` runs one by itself.
    case inATerminal
    case away
    case noDisplay
    /// The person may have signed out on purpose; `result` is that of the one that was tried.
    case askedOnce(result: String)
    case resting(result: String, until: Date)
    case budget(Int, until: Date)

    /// When it is over by itself.
    var until: Date? {
        switch self {
        case .resting(_, let date), .budget(_, let date): date
        default: nil
        }
    }

    /// Words that go after the need's reason.
    var words: String {
        switch self {
        case .noCommand: "Claude Code's settings have no awsAuthRefresh to run"
        case .unapproved: "awsAuthRefresh was changed and is not approved"
        case .untrusted(let reason): "awsAuthRefresh is not run: \(reason)"
        case .policy(let policy): "signIn is \"\(policy.rawValue)\" in config.json"
        case .another: "another sign-in is under way"
        case .inATerminal: "bedrock-agent login is signing in"
        case .away: "held until you are back at the screen"
        case .noDisplay: "there is no display to open a browser on"
        case .askedOnce(let result): "one was tried (\(result)), and is not repeated by itself"
        case .resting(let result, let until):
            "the last one did not work (\(result)); next try at \(Timestamp.format(until))"
        case .budget(let most, let until):
            "\(most) automatic sign-ins within a day are enough; next one at \(Timestamp.format(until))"
        }
    }

    /// The command that mends it; nil where that is to sign in.
    var fix: String? {
        switch self {
        case .noCommand: "bedrock-agent setup"
        case .unapproved: "bedrock-agent approve"
        default: nil
        }
    }
}
