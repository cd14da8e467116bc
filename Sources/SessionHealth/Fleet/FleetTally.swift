/// What is counted over all machines.
struct FleetTally: Sendable {
    /// Sign-ins by days since 1970, in UTC.
    private(set) var days: [Int: FleetReport.SignIns] = [:]
    /// How often the service refused, by its word for it.
    private(set) var refusals: [String: Int] = [:]
    var entries = 0
    /// The first of them, in seconds since 1970.
    var firstAt: Double?
    /// Entries that cannot be the agent's, cannot be dated, or exceed what a user can have.
    var ignored = 0

    mutating func count(signIn cause: JournalMessage.SignInCause, helped: Bool, on day: Int) {
        days[day, default: .init()].count(cause, helped: helped)
    }

    /// The service's words are like `invalid_grant`.
    mutating func count(refusal: String) {
        let isWord =
            refusal.utf8.count <= 64
            && refusal.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
        refusals[isWord ? refusal : FleetReport.other, default: 0] += 1
    }
}

/// What one user has had on a day. The agent signs in six times a day by itself: who says that there were hundreds does
/// not have what is counted for all.
struct FleetDay: Sendable {
    /// Since 1970, in UTC.
    private(set) var day = 0
    private var signIns = 0
    private var refusals = 0
    /// The words of the user's refusals, of all days.
    private var words: [FleetEvent.Word] = []

    private static let most = 50
    private static let mostWords = 5

    mutating func turn(to time: Double) {
        let new = Int(time / 86_400)
        if new != day { (day, signIns, refusals) = (new, 0, 0) }
    }

    mutating func maySignIn() -> Bool {
        signIns += 1
        return signIns <= Self.most
    }

    mutating func mayRefuse(_ word: FleetEvent.Word) -> Bool {
        refusals += 1
        guard refusals <= Self.most else { return false }
        if words.contains(word) { return true }
        guard words.count < Self.mostWords else { return false }
        words.append(word)
        return true
    }
}

extension FleetReport.SignIns {
    fileprivate mutating func count(_ cause: JournalMessage.SignInCause, helped: Bool) {
        guard helped else {
            failed += 1
            return
        }
        switch cause {
        case .automatic: automatic += 1
        case .asked: asked += 1
        case .elsewhere: elsewhere += 1
        }
    }
}
