import Glibc
import Host
import SessionHealth

/// Prints what a change makes of a file; in colours on a terminal that shows them.
func showDiff(of path: String, from old: [UInt8]?, to new: [UInt8]?) {
    let style = Style(for: STDOUT_FILENO)
    let what = new == nil ? " (is removed)" : old == nil ? " (is created)" : ""
    say(style(path.printable + what, .bold))
    // What is piped elsewhere is not cut.
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
