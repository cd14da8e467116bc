import FoundationEssentials

/// One of the agent's entries in the journal of another machine, as far as a fleet needs it.
///
/// Whoever is root there can have written anything: every value is data, and cut to what ours never exceed.
package struct FleetEntry: Sendable {
    /// The fields that count, by the journal's names.
    package enum Field: Int, CaseIterable, Sendable {
        // The journal's own: users cannot write these.
        case machine, host, user
        // Ours.
        case messageID, session, profile, kind, condition, conditionSince, expiresAt, version, presence
        case signInCause, signInResult, refusal

        package var name: String {
            switch self {
            case .machine: "_MACHINE_ID"
            case .host: "_HOSTNAME"
            case .user: "_UID"
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
    private var values = [String?](repeating: nil, count: Field.allCases.count)

    package init(at: Double) { self.at = at }

    /// The first value of a field counts: the agent writes each once.
    package subscript(field: Field) -> String? {
        get { values[field.rawValue] }
        set { values[field.rawValue] = values[field.rawValue] ?? newValue }
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

    /// A time in a field, in seconds since 1970.
    func time(_ field: Field) -> Double? {
        self[field].flatMap { try? Timestamp.parse($0) }?.timeIntervalSince1970
    }
}
