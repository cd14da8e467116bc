/// What the host failed to do, in words for a person.
package struct HostFailure: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
