import ArgumentParser

/// What ends a command: one line that says what failed, where, and what to do.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
