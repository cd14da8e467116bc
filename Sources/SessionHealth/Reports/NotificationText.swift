import FoundationEssentials

/// The words of each kind of notification.
extension NotificationDecision {
    func needed(_ need: SignInNeed, _ hold: SignInHold) -> Notification {
        let loss = isOfClaude ? "; without it, Claude Code cannot reach Bedrock" : ""
        var sentences = ["\(profile): \(need.reason)\(loss)."]
        var mayRun = true
        switch hold {
        case .noCommand:
            sentences.append("No awsAuthRefresh is set: bedrock-agent setup")
            mayRun = false
        case .unapproved:
            sentences.append("awsAuthRefresh was changed and must be approved: bedrock-agent approve")
            mayRun = false
        case .untrusted:
            sentences.append("awsAuthRefresh cannot be trusted: bedrock-agent status")
            mayRun = false
        case .askedOnce: sentences.append("The last sign-in did not work.")
        case .resting(_, let until): sentences.append("The last sign-in did not work; next try at \(local(until)).")
        case .budget(let most, let until): sentences.append("\(most) a day are enough; next try at \(local(until)).")
        case .policy, .another, .inATerminal, .away, .noDisplay: break
        }
        var notification = notification(
            need.isEarly ? .soon : .needed, event, need.isEarly ? "AWS sign-in needed soon" : "AWS sign-in needed",
            sentences.joined(separator: " "))
        notification.buttons = mayRun ? [.signIn, .later] : [.later]
        notification.command = mayRun ? AuthRefresh.login(as: profile) : nil
        return notification
    }

    func waiting(_ signIn: SignInInFlight) -> Notification {
        let code = signIn.code.map { ", if the code there is \($0)" } ?? ""
        return notification(
            .waiting, Timestamp.format(signIn.startedAt), "Waiting for your AWS sign-in",
            "\(profile): confirm it in the browser\(code).")
    }

    var back: Notification {
        notification(
            .back, event, "Signed in again",
            isOfClaude ? "\(profile): Claude Code can go on." : "\(profile) can be used again.")
    }

    /// Of a token that cannot be refreshed, the way that the finding about it names.
    var legacyWarning: Notification? {
        guard let token = session.token.clocks,
            let finding = plan.findings.first(where: { [.legacyProfile, .noRefreshToken].contains($0.code) })
        else { return nil }
        let fix = finding.fix.split(separator: " ").joined(separator: " ")
        return notification(
            .legacy, Timestamp.format(token.expiresAt), "AWS sign-in ends at \(local(token.expiresAt))",
            "\(profile) cannot be refreshed silently. To mend that: \(fix)")
    }

    /// What makes a need the same one: another token, or another sign-in that came to nothing, is news.
    private var event: String {
        let attempt = session.record.lastSignIn.map { Timestamp.format($0.at) } ?? "never"
        return "\(session.token.clocks?.fingerprint ?? "no token"), \(attempt)"
    }

    private var isOfClaude: Bool { facts.claude.subject == .session(session.session.name) }

    private var profile: String { session.profiles.first ?? session.session.name }

    private func notification(_ kind: Notification.Kind, _ event: String, _ summary: String, _ body: String)
        -> Notification
    {
        Notification(kind: kind, event: event, summary: summary.printable, body: body.printable)
    }
}
