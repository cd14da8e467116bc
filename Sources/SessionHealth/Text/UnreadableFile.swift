/// A file that is there and that we cannot read.
package struct UnreadableFile: Error, Hashable, Sendable, CustomStringConvertible {
    package var path: String
    /// The system's message.
    package var reason: String
    /// The command that mends it.
    package var fix: String
    /// The next reading may succeed: this is the system's state, such as its open files or an error of the disk, and not
    /// the file's. What was read last counts until then.
    package var isPassing: Bool

    package init(path: String, reason: String, fix: String, isPassing: Bool = false) {
        self.path = path
        self.reason = reason
        self.fix = fix
        self.isPassing = isPassing
    }

    package var description: String { "cannot read \(path): \(reason)" }
}
