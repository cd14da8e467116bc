import Glibc
import Host
import SessionHealth

/// Prints the difference that a change makes to a file, in colour on a terminal that supports it.
func showDiff(of path: String, from old: [UInt8]?, to new: [UInt8]?) {
    let style = Style(for: STDOUT_FILENO)
    let what = new == nil ? " (removed)" : old == nil ? " (new file)" : ""
    say(style(path.printable + what, .bold))
    // Lines are only cut to fit a terminal.
    let width = isatty(STDOUT_FILENO) == 1 ? Columns.ofTerminal : .max
    for line in TextDiff(from: old, to: new, width: width).lines {
        switch line.kind {
        case .header: say(style(line.text, .cyan))
        case .removed: say(style(line.text, .red))
        case .added: say(style(line.text, .green))
        case .context: say(line.text)
        }
    }
}
