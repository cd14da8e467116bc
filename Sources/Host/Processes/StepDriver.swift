import SessionHealth

/// Runs a sequence of steps, and passes it the outcome and the time of each step.
/// - Parameters:
///   - end: the result, if this step is the last; otherwise nil.
///   - outcome: performs a step; it also gets the sequence that chose it.
package func drive<Sequence: Steps, End>(
    _ steps: inout Sequence, end: (Sequence.Step) -> End?,
    outcome: (Sequence.Step, Sequence) throws -> Sequence.Outcome
) rethrows -> End {
    var step = Sequence.first
    while true {
        if let end = end(step) { return end }
        step = steps.next(try outcome(step, steps), at: EventLoop.now())
    }
}
