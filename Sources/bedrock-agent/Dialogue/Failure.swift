import ArgumentParser
import SessionHealth

/// What ends a command: one line that says what failed, where, and what to do. What services and programs said may be in
/// it, which a terminal must not obey.
struct Failure: Error, CustomStringConvertible {
    let description: String

    /// Names in it may come from files and services of others.
    init(_ description: String) {
        self.description = description.printableLines
    }
}
