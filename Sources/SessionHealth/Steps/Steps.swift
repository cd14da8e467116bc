/// Something that is done in steps, decided without I/O and without a clock: whoever does a step tells what came of it,
/// and is told the next one.
package protocol Steps<Step, Outcome> {
    associatedtype Step
    associatedtype Outcome

    static var first: Step { get }

    /// What comes after a step; the last one says so itself.
    mutating func next(_ outcome: Outcome, at now: Moment) -> Step
}
