import CSystemd

/// Keeps this process's memory to itself.
package enum ProcessPrivacy {
    /// No core dump, and nobody but root reads the memory.
    package static func hideMemory() { _ = host_hide() }
}
