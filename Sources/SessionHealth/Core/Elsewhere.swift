import FoundationEssentials

// Tells a person who is elsewhere what waits for them, by the command `notify` in `config.json`.

extension Core {
    /// Runs it once for each need that is held.
    mutating func tellElsewhere(at now: Moment) {
        for (session, plan) in zip(facts.sessions, plan.sessions) {
            let name = session.session.name
            let token = session.token.clocks?.fingerprint
            guard let need = plan.need, let hold = need.hold, hold.waitsForAPerson else {
                // The token that was told of may only have been out of sight.
                if plan.need == nil, plan.condition.isSettled, let token, token != session.record.toldOf {
                    remember(name, toldOf: nil)
                }
                continue
            }
            guard case .approved(let command) = facts.notify, session.record.isNews(token) else { continue }
            // Recorded before it runs, so that a crash in between does not repeat it.
            remember(name, toldOf: token ?? SessionRecord.noToken)
            let decision = NotificationDecision(
                facts: facts, session: session, plan: plan, record: NotificationRecord(),
                local: { [localTime] in localTime($0, now.wall) })
            emit(
                .startNotify(
                    NotifyOrder(
                        session: session.session, command: command,
                        message: decision.message(need, hold, from: machine), claudeFolder: session.claudeFolder)))
        }
    }

    private mutating func remember(_ name: String, toldOf token: String?) {
        guard session(name)?.record.toldOf != token else { return }
        update(name) { $0.record.toldOf = token }
        save()
    }

    mutating func notifyEnded(_ name: String, _ ending: ProgramEnding, _ output: [UInt8]) {
        let fields = session(name).map { JournalMessage.fields(of: $0) } ?? [:]
        let failure: String
        switch ending {
        case .exited(0), .unknown:
            return record(JournalMessage(.notified, .info, "\(name): notify was run: a sign-in is needed", fields))
        case .exited(let status):
            let lines = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isNewline)
            let said =
                lines.last { !$0.allSatisfy(\.isWhitespace) }.map {
                    ": \(String($0.withoutAddresses.prefix(200)).printable)"
                } ?? ""
            failure = (status < 0 ? "was killed by signal \(-status)" : "exited with status \(status)") + said
        case .timedOut: failure = "did not end in time"
        case .cannotStart(let reason): failure = "could not be run: \(reason)"
        }
        let path = configuration.own.config.notify?.path ?? places.config
        record(JournalMessage(.notified, .warning, "\(name): notify in \(path) \(failure)", fields))
    }
}

extension Substring {
    /// Without what may be the address of somebody's chat, or the key to it.
    fileprivate var withoutAddresses: String {
        split(separator: " ").map { word in
            let looksSecret = word.split { !$0.isLetter && !$0.isNumber }.contains { part in
                part.count >= 8 && part.contains(where: \.isNumber) && part.contains(where: \.isLetter)
            }
            return looksSecret || word.contains("://") ? "…" : String(word)
        }.joined(separator: " ")
    }
}

extension SessionRecord {
    static let noToken = "none"

    /// Whether a need with this token is another one than `notify` has told of: one that goes away is not.
    fileprivate func isNews(_ token: String?) -> Bool {
        toldOf == nil || token != nil && token != toldOf
    }
}

extension SignInHold {
    /// Nothing happens before a person does something, or comes back.
    fileprivate var waitsForAPerson: Bool {
        switch self {
        case .another, .inATerminal: false
        case .noCommand, .unapproved, .untrusted, .policy, .away, .noDisplay, .signedOut, .unrecorded, .resting,
            .budget:
            true
        }
    }
}

extension Condition {
    /// Neither a refresh nor a sign-in is under way or needed.
    fileprivate var isSettled: Bool {
        switch self {
        case .healthy, .expiring, .offline, .unguarded, .misconfigured: true
        case .refreshing, .signingIn, .signInNeeded: false
        }
    }
}
