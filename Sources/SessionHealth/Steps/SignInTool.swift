/// What signs in for `bedrock-agent login`.
package enum SignInTool: Equatable, Sendable {
    /// `bedrock-agent-net sign-in`.
    case own
    /// `aws sso login`, with these arguments.
    case awsCLI([String])

    /// For messages.
    var command: String {
        switch self {
        case .own: "bedrock-agent login"
        case .awsCLI(let arguments): "aws sso login \(arguments.joined(separator: " "))"
        }
    }
}
