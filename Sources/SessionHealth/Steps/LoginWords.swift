// What `bedrock-agent login` says of a sign-in that came to nothing.

extension LoginSteps {
    func reason(_ ending: Ending, _ output: SignInOutput) -> String {
        switch ending {
        case .exited(0): return unhelped
        case .exited(let status):
            guard tool != .own else { return output.reason ?? "bedrock-agent-net ended with status \(status)" }
            return
                "aws sso login exited with status \(status)\(output.reason.map { ": \($0)" } ?? "") (\(tool.command))"
        case .timedOut, .interrupted, .left:
            return "nobody signed in to \(session.name) within \(seconds) s: run it again when you are ready to sign in"
        case .cannotStart(let reason):
            return "cannot run \(tool == .own ? "bedrock-agent-net" : "aws sso login"): \(reason)"
        }
    }

    var seconds: Int { Int(limit.rounded(.up)) }

    var unhelped: String {
        "the sign-in to \(session.name) finished without a valid token in \(tokenCache): bedrock-agent status"
    }
}
