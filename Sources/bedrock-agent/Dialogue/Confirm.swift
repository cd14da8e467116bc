import Glibc
import Host

/// Asks on the terminal; without one there is nobody to ask.
func confirm(_ question: String) throws -> Bool {
    guard isatty(STDIN_FILENO) == 1 else { throw Failure("\(question) Nobody to ask: --yes says so") }
    StandardOutput.write(Array("\(question) [y/N] ".utf8))
    return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
}
