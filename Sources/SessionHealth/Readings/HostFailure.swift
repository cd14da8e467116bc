/// What the host failed to do, in words for a person.
package struct HostFailure: Error, Equatable, CustomStringConvertible {
    package let description: String
    /// The next try may succeed; see `UnreadableFile`.
    package let isPassing: Bool

    package init(_ description: String, isPassing: Bool = false) {
        self.description = description
        self.isPassing = isPassing
    }
}

extension Result where Failure == HostFailure {
    /// The next reading may succeed.
    package var isUnread: Bool {
        if case .failure(let error) = self { error.isPassing } else { false }
    }
}
