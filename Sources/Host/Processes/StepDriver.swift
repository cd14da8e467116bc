import SessionHealth

/// Does steps one after the other, and tells what came of each, and when.
/// - Parameters:
///   - end: what the last step came to; nil for one that is not the last.
///   - outcome: does a step; it also gets what decided that.
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
