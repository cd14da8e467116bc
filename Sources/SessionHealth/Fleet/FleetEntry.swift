import FoundationEssentials

/// One of the agent's entries in the journal of another machine, as far as a fleet needs it.
///
/// Any user there can write an entry with any fields of ours. The journal's own say truly which machine and boot it
/// was, when, and whose program: so each can tell stories of themselves alone, and of no more than a user can have.
/// (Root there can write in the name of each of its users.) Every value is data, and cut to what ours never exceed.
package struct FleetEntry: Sendable {
    /// The fields that count, by the journal's names.
    package enum Field: Int, CaseIterable, Sendable {
        // The journal's own: users cannot write these.
        case machine, host, user, owner
        // Ours.
        case messageID, session, profile, kind, condition, conditionSince, expiresAt, version, presence
        case signInCause, signInResult, refusal

        package var name: String {
            switch self {
            case .machine: "_MACHINE_ID"
            case .host: "_HOSTNAME"
            case .user: "_UID"
            case .owner: "_SYSTEMD_OWNER_UID"
            case .messageID: "MESSAGE_ID"
            case .session: JournalMessage.Field.session
            case .profile: JournalMessage.Field.profile
            case .kind: JournalMessage.Field.kind
            case .condition: JournalMessage.Field.condition
            case .conditionSince: JournalMessage.Field.conditionSince
            case .expiresAt: JournalMessage.Field.expiresAt
            case .version: JournalMessage.Field.version
            case .presence: JournalMessage.Field.presence
            case .signInCause: JournalMessage.Field.signInCause
            case .signInResult: JournalMessage.Field.signInResult
            case .refusal: JournalMessage.Field.refusal
            }
        }
    }

    /// Bytes of a value that are read.
    package static let mostBytes = 256

    /// By that machine's clock, in seconds since 1970.
    package var at: Double
    package var boot: ID128
    /// Microseconds since that; sleep does not count.
    package var uptime: UInt64
    private var values = [String?](repeating: nil, count: Field.allCases.count)

    package init(at: Double, boot: ID128, uptime: UInt64) {
        self.at = at
        self.boot = boot
        self.uptime = uptime
    }

    /// The first value of a field counts: the agent writes each once.
    package subscript(field: Field) -> String? {
        get { values[field.rawValue] }
        set { values[field.rawValue] = values[field.rawValue] ?? newValue }
    }

    /// Whose it is: of a process of that user's, in that user's login. Others can become what they like in a namespace
    /// of their own.
    var user: UInt32? {
        guard let user = self[.user], self[.owner] == user else { return nil }
        return UInt32(user)
    }

    /// What kind of entry it is; nil for one of a later version.
    var id: JournalMessage.ID? { self[.messageID].flatMap(JournalMessage.ID.init) }

    /// The sign-in that has ended; nil where the entry is about none.
    var signIn: (cause: JournalMessage.SignInCause, helped: Bool)? {
        guard id == .signInEnded, let result = self[.signInResult],
            let cause = self[.signInCause].flatMap(JournalMessage.SignInCause.init)
        else { return nil }
        return (cause, result == "ok")
    }

    /// A time in a field, in whole seconds since 1970; 0 where there is none.
    func time(_ field: Field) -> UInt32 {
        guard let text = self[field], let time = try? Timestamp.parse(text) else { return 0 }
        return UInt32(min(max(time.timeIntervalSince1970, 0), Double(UInt32.max)))
    }
}
