/// What counts of an entry. It is small: all of a machine's are kept until the last file is read that has some of it.
struct FleetEvent: Equatable, Sendable {
    /// A place in `FleetHistory.words`, or `none`.
    typealias Word = UInt8
    static let none: Word = .max

    /// Microseconds since that boot; sleep does not count.
    var uptime: UInt64
    /// By that machine's clock, in seconds since 1970.
    var at: Double
    /// In seconds since 1970; 0 where nothing is said.
    var expiresAt: UInt32
    var conditionSince: UInt32
    /// A place in `FleetHistory.boots`.
    var boot: UInt16
    var id: JournalMessage.ID?
    var session: Word
    var profile: Word
    var version: Word
    var refusal: Word
    var kind: SSOSession.Kind?
    var condition: Condition?
    /// Whether somebody is there; nil where that is not said.
    var isSomebodyThere: Bool?
    var signInCause: JournalMessage.SignInCause?
    var signInHelped: Bool

    /// It says how a session is.
    var isOfACondition: Bool { id == .conditionChanged || id == .conditionHolds || id == .sessionLeft }
}

/// The moments that an entry can be of.
struct FleetTimes: Sendable {
    /// From when on things are counted, in seconds since 1970.
    let since: Double
    let now: Double

    /// Clocks that differ by that many seconds are no fault.
    private static let tolerance = 600.0
    /// 2024: there was no such agent before.
    private static let first = 1_704_067_200.0

    /// Whether a clock that says so can be right.
    func canBe(_ time: Double) -> Bool { time >= Self.first && !isAhead(time) }

    /// It was before what is counted, if the clock was right.
    func isOld(_ time: Double) -> Bool { time < since && canBe(time) }

    func isAhead(_ time: Double) -> Bool { time > now + Self.tolerance }
}
