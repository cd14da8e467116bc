import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// Questions to the person at this terminal: menus, or plain lines on a dumb terminal.
struct Dialogue {
    /// One of the answers to choose from.
    struct Choice<Value> {
        var value: Value
        /// How it is shown: columns, aligned with those of the other choices.
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

    /// Asks for one of the choices, of which there must be at least one.
    /// - Parameter selected: the index that is selected at first.
    /// - Throws: `Cancelled`.
    func choose<Value>(_ question: String, _ choices: [Choice<Value>], selected: Int = 0) throws -> Value {
        let rows = choices.map { $0.cells.map(\.printable) }
        let index =
            isPlain
            ? try PlainQuestion.choose(question, rows, selected) : try Menu(question, rows, selected, style).choose()
        return choices[index].value
    }

    /// Asks for a line of text until `check` accepts it: `check` returns what is wrong with it, or nil.
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

    /// Asks once before a command changes something.
    /// - Parameters:
    ///   - isAgreed: `--yes` was given: nothing is asked.
    ///   - yes: the label of the answer that goes ahead.
    /// - Throws: `Cancelled` for no; a `Failure` where there is nobody to ask.
    static func confirm(_ question: String, yes: String, isAgreed: Bool) throws {
        if isAgreed { return }
        guard let dialogue = Dialogue(environment: ProcessInfo.processInfo.environment) else { throw noTerminal }
        let answer = try dialogue.confirm(question, yes: yes, no: leaveAsIs)
        try Interruption.unwatch()
        if !answer { throw Cancelled() }
    }

    /// The label of the answer that changes nothing.
    static let leaveAsIs = "Leave everything as it is"
    static let noTerminal = Failure("not a terminal, so nobody can be asked: pass --yes to confirm")

    /// Yes or no.
    /// - Throws: `Cancelled`.
    func confirm(_ question: String, yes: String = "Yes", no: String = "No") throws -> Bool {
        try choose(question, [Choice(true, yes), Choice(false, no)])
    }
}
