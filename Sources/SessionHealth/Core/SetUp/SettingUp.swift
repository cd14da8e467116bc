import FoundationEssentials

// Sets Claude Code up at the press of a button, with what root's `config.json` gives.

extension Core {
    /// What is to change on the desktop for the offer, without what is under way or has failed.
    mutating func setUpChanges() -> [(String, NotificationChange)] {
        let key = SetUpOffer.key
        guard desktop.sending[key] == nil else { return [] }
        let change = setUpChange(since: memory.notifications[key] ?? NotificationRecord())
        switch change {
        case .leave:
            desktop.failed[key] = nil
            return []
        case .close: desktop.failed[key] = nil
        case .show(let notification):
            guard desktop.failed[key] != notification, desktop.shown[key] != notification else { return [] }
        }
        return [(key, change)]
    }

    private func setUpChange(since record: NotificationRecord) -> NotificationChange {
        guard let offer = setUp.offer, !setUp.isRunning, facts.presence != .noDisplay else {
            return record.open == nil ? .leave : .close
        }
        let notification = offer.notification(after: setUp.failure)
        if record.open?.event == notification.event { return .show(notification) }
        // Put off, or shown by an earlier process.
        let told = record.events[notification.kind.rawValue]
        let isKnown = told == notification.event || setUp.failure == nil && told?.hasPrefix("\(offer.event), ") == true
        return isKnown ? .leave : .show(notification)
    }

    /// The person has agreed.
    mutating func startSetUp() {
        guard setUp.offer != nil, !setUp.isRunning else { return }
        setUp.isRunning = true
        setUp.failure = nil
        record(JournalMessage(.setUp, .notice, "setting Claude Code up, as its user has just agreed to"))
        emit(.startSetUp)
    }

    mutating func setUpEnded(_ ending: ProgramEnding, _ output: [UInt8], at now: Moment) {
        setUp.isRunning = false
        var said = SignInOutput()
        said.append(output)
        said.finish()
        let lines = said.takeLines()
        // What follows it, as a part of a file that is to be written by hand, is for a terminal.
        let error = lines.last { $0.hasPrefix("Error: ") }?.dropFirst("Error: ".count)
        let last = error.map(String.init) ?? lines.last ?? "it said nothing"
        let failure: String?
        switch ending {
        case .exited(0), .unknown: failure = nil
        case .exited: failure = last
        case .timedOut: failure = "it did not end in time (\(last))"
        case .cannotStart(let reason): failure = reason
        }
        if let failure {
            setUp.failure = .init(at: Timestamp.format(now.wall), reason: failure.printable)
            record(JournalMessage(.setUp, .warning, "Claude Code was not set up: \(failure.printable)"))
        } else {
            record(JournalMessage(.setUp, .notice, "Claude Code is set up"))
        }
        readConfiguration()
    }
}
