/// A procedure in steps, decided without I/O and without a clock: whoever performs a step reports its outcome, and gets
/// the next one.
package protocol Steps<Step, Outcome> {
    associatedtype Step
    associatedtype Outcome

    static var first: Step { get }

    /// The step after this outcome; the last step says so itself.
    mutating func next(_ outcome: Outcome, at now: Moment) -> Step
}
