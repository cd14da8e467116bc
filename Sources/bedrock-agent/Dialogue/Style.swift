import FoundationEssentials
import Glibc

/// How a text looks on a terminal that shows such things; elsewhere it is the text alone.
struct Style {
    enum Look: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    let isColored: Bool

    /// For what is written to a descriptor: colours on a terminal, unless `NO_COLOR` or a dumb terminal forbids it.
    init(for descriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment) {
        isColored =
            isatty(descriptor) == 1 && environment["NO_COLOR", default: ""].isEmpty
            && !["", "dumb"].contains(environment["TERM", default: ""])
    }

    func callAsFunction(_ text: String, _ look: Look) -> String {
        isColored ? "\u{1b}[\(look.rawValue)m\(text)\u{1b}[0m" : text
    }
}
