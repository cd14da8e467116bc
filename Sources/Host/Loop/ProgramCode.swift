import CSystemd

/// The machine code of this program.
package enum ProgramCode {
    /// Gives back the memory of code that has run. Most of what starting needs never runs again, and would count as ours
    /// for as long as we live.
    package static func release() { _ = host_unmap_code() }
}
