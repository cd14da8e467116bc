import FoundationEssentials
import Glibc
import SessionHealth

extension Style {
    /// For what is written to a descriptor.
    init(for descriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.init(isTerminal: isatty(descriptor) == 1, environment: environment)
    }
}
