import Glibc
import Host
import SessionHealth

/// Shows what will change: the difference of each file.
struct Summary {
    let style: Style
    let home: String

    /// What is piped elsewhere is not cut.
    private var width: Int { isatty(STDOUT_FILENO) == 1 ? Columns.ofTerminal : .max }

    func show(_ files: [FileDifference]) {
        for file in files {
            let path = shortened(file.path)
            guard !file.isNothing else {
                say("\(path): nothing to change")
                continue
            }
            say("")
            say(style(file.before == nil ? "\(path) (new)" : path, .bold))
            for line in TextDiff(from: file.before, to: file.after, width: width).lines {
                say(colored(line))
            }
        }
    }

    private func colored(_ line: TextDiff.Line) -> String {
        switch line.kind {
        case .header: style(line.text, .cyan)
        case .removed: style(line.text, .red)
        case .added: style(line.text, .green)
        case .context: line.text
        }
    }

    /// As a person writes it.
    private func shortened(_ path: String) -> String {
        (path.hasPrefix(home + "/") ? "~" + path.dropFirst(home.count) : path).printable
    }
}
