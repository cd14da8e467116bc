import CSystemd
import Glibc

/// A file descriptor that is closed when the object is released.
package final class OwnedDescriptor {
    package let number: Int32

    package init(_ number: Int32) { self.number = number }

    deinit { close(number) }
}

extension OwnedDescriptor {
    /// The fewest bytes that any pipe can hold.
    package static let mostHeld = 4096

    /// Both ends of a new pipe, close-on-exec.
    /// - Parameter name: of the program that gets one of them, for error messages.
    static func pipe(for name: String) throws(SystemError) -> (reading: OwnedDescriptor, writing: OwnedDescriptor) {
        var ends: [Int32] = [-1, -1]
        guard host_pipe(&ends) == 0 else { throw SystemError("make a pipe for", name) }
        return (OwnedDescriptor(ends[0]), OwnedDescriptor(ends[1]))
    }

    /// The reading end of a pipe that holds these bytes, and no more will come; nil if there are none.
    /// - Parameter name: of the program that reads it, for error messages.
    static func holding(_ bytes: [UInt8], for name: String) throws(SystemError) -> OwnedDescriptor? {
        guard !bytes.isEmpty else { return nil }
        let (reading, writing) = try pipe(for: name)
        let held = bytes.prefix(mostHeld)
        let count = held.withUnsafeBytes { write(writing.number, $0.baseAddress, $0.count) }
        guard count == held.count else { throw SystemError("write to", name) }
        return reading
    }
}
