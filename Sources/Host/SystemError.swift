import Glibc

/// A system call that failed: what was attempted, on what, and why.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    package let operation: String
    package let subject: String
    package let errno: Int32

    package init(_ operation: String, _ subject: String, errno: Int32) {
        self.operation = operation
        self.subject = subject
        self.errno = errno
    }

    package var description: String { "cannot \(operation) \(subject): \(String(cString: strerror(errno)))" }
}
