import Glibc

/// A file descriptor that is closed when the object is released.
package final class OwnedDescriptor {
    package let number: Int32

    package init(_ number: Int32) { self.number = number }

    deinit { close(number) }
}
