/// How a text looks on a terminal that shows such things; elsewhere it is the text alone.
package struct Style: Equatable, Sendable {
    package enum Look: String, Sendable {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
        /// White on black, whatever the terminal's own colours are.
        case whiteOnBlack = "40;97"
    }

    package let isColored: Bool

    package init(isColored: Bool) { self.isColored = isColored }

    /// The one decision about colours: a terminal that obeys, unless `NO_COLOR` forbids them.
    package init(isTerminal: Bool, environment: [String: String]) {
        isColored =
            isTerminal && !Style.isDumb(environment) && environment["NO_COLOR", default: ""].isEmpty
    }

    /// Whether the terminal, by its name, obeys nothing but text.
    package static func isDumb(_ environment: [String: String]) -> Bool {
        ["", "dumb"].contains(environment["TERM", default: ""])
    }

    package func callAsFunction(_ text: String, _ look: Look) -> String {
        isColored ? "\u{1b}[\(look.rawValue)m\(text)\u{1b}[0m" : text
    }
}
