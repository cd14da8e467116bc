/// What is offered to a person who has not set Claude Code up yet, on a machine whose root says with what: that
/// `bedrock-agent setup --yes` does it, and they sign in. Nothing of theirs is written before they agree.
package struct SetUpOffer: Equatable, Sendable {
    /// What the offer is about; another one is made anew.
    let event: String

    /// Nil where Claude Code is set up, or is meant to be otherwise, or more would have to be asked.
    init?(_ own: OwnConfig, _ facts: Facts) {
        let given = own.values.setup
        guard own.managed.setup != SetupDefaults(), facts.claude.isUnset, !facts.claudes.contains(where: \.isGuarded),
            let startURL = given.startURL, let ssoRegion = given.ssoRegion ?? StartURL.region(in: startURL),
            let region = given.region ?? facts.claude.region, let model = given.models.first ?? facts.claude.model
        else { return nil }
        let choice = [startURL, ssoRegion, region, model, given.profile ?? "", given.ssoSession ?? ""]
        event = (choice + given.accountIDs + given.roleNames).joined(separator: " ")
    }

    /// - Parameter failure: of the last time that somebody agreed.
    func notification(after failure: SetUpMemory.Failure?) -> Notification {
        var notification = Notification(
            kind: .setUp, event: failure.map { "\(event), \($0.at)" } ?? event,
            summary: failure == nil ? "Claude Code is ready to be set up" : "Claude Code was not set up",
            body: failure?.reason
                ?? "Your administrator has prepared it for Amazon Bedrock. You sign in once, in your browser; then it is"
                + " written into your settings.",
            buttons: [.setUp, .later], command: SetUpOffer.command.joined(separator: " "))
        notification.body = notification.body.printable
        return notification
    }

    static let command = ["bedrock-agent", "setup", "--yes"]
    /// In place of a session's name; no session has it.
    static let key = ""
}

/// What is known of the set-up by notification.
struct SetUpMemory: Sendable {
    struct Failure: Sendable {
        /// RFC 3339.
        var at: String
        var reason: String
    }

    /// Nil where there is nothing to offer.
    var offer: SetUpOffer?
    var isRunning = false
    /// Of this process.
    var failure: Failure?
}
