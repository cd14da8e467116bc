import Glibc

/// One of our own files does not contain what this version writes.
package struct UnreadableRecord: Error, CustomStringConvertible {
    package let path: String

    package var description: String {
        "\(path) is damaged, or a later version's; move it away (a new one is created)"
    }

    /// Before it is begun anew: who knows its form finds it there. It is no loss if that comes to nothing.
    func setAside() { rename(path, path + ".unreadable") }
}
