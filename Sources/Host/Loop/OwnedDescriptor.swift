import Glibc

/// A file descriptor that is closed when its owner is gone.
package final class OwnedDescriptor {
    package let number: Int32

    package init(_ number: Int32) { self.number = number }

    deinit { close(number) }
}
