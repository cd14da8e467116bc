import FoundationEssentials

/// The text of each kind of notification.
extension NotificationDecision {
    func needed(_ need: SignInNeed, _ hold: SignInHold) -> Notification {
        let loss = isOfClaude ? "; without it, Claude Code cannot reach Bedrock" : ""
        var sentences = ["\(profile): \(need.reason)\(loss)."]
        var mayRun = true
        switch hold {
        case .noCommand:
            sentences.append("awsAuthRefresh is not set. Run: \(hold.fix(of: session.session.kind) ?? login)")
            mayRun = false
        case .unapproved:
            sentences.append("awsAuthRefresh has changed and must be approved. Run: bedrock-agent approve")
            mayRun = false
        case .untrusted:
            sentences.append("awsAuthRefresh cannot be trusted. Run: bedrock-agent status")
            mayRun = false
        case .resting(_, let until): sentences.append("The last sign-in failed; next try at \(local(until)).")
        case .budget(let most, let until):
            sentences.append("The limit of \(most) a day is reached; next try at \(local(until)).")
        case .away: sentences.append("The page opens when you are back at the screen.")
        case .noDisplay: sentences.append("There is no display to open the page on.")
        case .unrecorded: sentences.append("The agent cannot write its records. Run: bedrock-agent status")
        case .signedOut, .policy, .another, .inATerminal: break
        }
        var notification = notification(
            need.isEarly ? .soon : .needed, event, need.isEarly ? "AWS sign-in needed soon" : "AWS sign-in needed",
            sentences.joined(separator: " "))
        notification.buttons = mayRun ? [.signIn, .later] : [.later]
        notification.command = mayRun ? login : nil
        return notification
    }

    /// The same for a person who is elsewhere; its first line may be the subject of a mail.
    func message(_ need: SignInNeed, _ hold: SignInHold, from machine: String) -> String {
        let notification = needed(need, hold)
        let command = notification.command.map { "\nTo sign in, run there: \($0)" } ?? ""
        return "\(notification.summary) on \(machine)\n\n\(notification.body)\(command)\n"
    }

    func cover(_ offer: RenewalOffer) -> Notification {
        var notification = notification(
            .cover, Timestamp.format(offer.beganAt), "AWS session ends at \(local(offer.endsAt))",
            "\(profile): nobody was at the screen at that time lately. Signing in anew now makes it last until about"
                + " \(local(offer.newEndsAt)).")
        notification.buttons = [.renew, .later]
        notification.command = offer.command(for: profile)
        return notification
    }

    func waiting(_ signIn: SignInInFlight) -> Notification {
        let code = signIn.code.map { " if it shows the code \($0)" } ?? ""
        return notification(
            .waiting, Timestamp.format(signIn.startedAt), "Waiting for your AWS sign-in",
            "\(profile): confirm it in your browser\(code).")
    }

    var back: Notification {
        notification(
            .back, event, "Signed in again",
            isOfClaude ? "\(profile): Claude Code can continue." : "\(profile) can be used again.")
    }

    /// The warning about a token that cannot be refreshed, with the fix of its finding.
    var legacyWarning: Notification? {
        if session.session.kind == .login {
            guard plan.condition == .expiring, let end = warnedEnd else { return nil }
            return notification(
                .legacy, Timestamp.format(end), "Your aws login ends at \(local(end))",
                "\(profile) cannot be used after that. To sign in anew: \(login)")
        }
        guard let token = session.token.clocks,
            let finding = plan.findings.first(where: { [.legacyProfile, .noRefreshToken].contains($0.code) })
        else { return nil }
        let fix = finding.fix.split(separator: " ").joined(separator: " ")
        return notification(
            .legacy, Timestamp.format(token.expiresAt), "AWS session expires at \(local(token.expiresAt))",
            "\(profile) cannot be refreshed automatically. To fix that: \(fix)")
    }

    /// When what the warning is about ends.
    var warnedEnd: Date? {
        session.token.clocks.map { session.session.kind == .login ? $0.loginEnd(session.record) : $0.expiresAt }
    }

    /// Identifies a need: another token, or another failed sign-in, makes it a new one.
    private var event: String {
        let attempt = session.record.lastSignIn.map { Timestamp.format($0.at) } ?? "never"
        return "\(session.token.clocks?.fingerprint ?? "no token"), \(attempt)"
    }

    private var isOfClaude: Bool { facts.claude.subject == .session(session.session.name) }

    private var login: String { AuthRefresh.login(as: profile, session.session.kind) }

    private var profile: String { session.profiles.first ?? session.session.name }

    private func notification(_ kind: Notification.Kind, _ event: String, _ summary: String, _ body: String)
        -> Notification
    {
        Notification(kind: kind, event: event, summary: summary.printable, body: body.printable)
    }
}
