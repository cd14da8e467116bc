import CSystemd

/// Protects this process's memory.
package enum ProcessPrivacy {
    /// Disables core dumps, and lets only root read the memory.
    package static func hideMemory() { _ = host_hide() }
}
