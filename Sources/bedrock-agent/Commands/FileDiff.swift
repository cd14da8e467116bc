import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// Prints what a change makes of a file; in colours on a terminal, unless `NO_COLOR` is set.
func showDiff(of path: String, from old: [UInt8]?, to new: [UInt8]?) {
    let environment = ProcessInfo.processInfo.environment
    let isColoured = isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR", default: ""].isEmpty
    let title = new == nil ? "\(path) (is removed)" : old == nil ? "\(path) (is created)" : path
    say(title.printable)
    for line in TextDiff(from: old, to: new, width: Terminal.width - 2).lines {
        let colour: String? =
            switch line.kind {
            case .header: "36"
            case .removed: "31"
            case .added: "32"
            case .context: nil
            }
        say("  " + (isColoured ? colour.map { "\u{1b}[\($0)m\(line.text)\u{1b}[0m" } ?? line.text : line.text))
    }
}
