import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// Questions to a person on this terminal. Where it is dumb, they are plain lines.
struct Dialogue {
    /// One of the answers to choose from.
    struct Choice<Value> {
        var value: Value
        /// What stands for it, in columns that are aligned with those of the others.
        var cells: [String]

        init(_ value: Value, _ cells: String...) { self.init(value, cells: cells) }

        init(_ value: Value, cells: [String]) {
            self.value = value
            self.cells = cells
        }
    }

    let style: Style
    private let isPlain: Bool

    /// Nil where there is nobody to ask.
    init?(environment: [String: String]) {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { return nil }
        setlocale(LC_CTYPE, "")
        style = Style(for: STDOUT_FILENO, environment: environment)
        isPlain = Style.isDumb(environment)
        Interruption.watch()
    }

    /// One of the choices. There is at least one.
    /// - Parameter selected: the one that Enter takes.
    /// - Throws: `Cancelled`.
    func choose<Value>(_ question: String, _ choices: [Choice<Value>], selected: Int = 0) throws -> Value {
        let rows = choices.map { $0.cells.map(\.printable) }
        let index =
            isPlain
            ? try PlainQuestion.choose(question, rows, selected) : try Menu(question, rows, selected, style).choose()
        return choices[index].value
    }

    /// A line of text that the check accepts: it returns what is wrong with it, or nil.
    /// - Throws: `Cancelled`.
    func ask(_ question: String, default standard: String = "", check: (String) -> String?) throws -> String {
        var problem: String?
        while true {
            if let problem { say(style("  \(problem)", .yellow)) }
            let text =
                isPlain
                ? try PlainQuestion.ask(question, standard) : try TextField(question, standard, style).ask()
            problem = check(text)
            if problem == nil { return text }
        }
    }

    /// Yes or no.
    /// - Throws: `Cancelled`.
    func confirm(_ question: String, yes: String = "Yes", no: String = "No") throws -> Bool {
        try choose(question, [Choice(true, yes), Choice(false, no)])
    }
}
