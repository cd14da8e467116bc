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
    /// Of the questions that one can go back to.
    let answers = Answers()
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
    /// - Parameters:
    ///   - selected: the index that is selected at first; nil for none that Enter would take.
    ///   - isStep: one can go back to it.
    ///   - help: what `?` shows.
    ///   - preamble: shows again what stands before it, on a screen that was cleared.
    /// - Throws: `Cancelled`, or `GoBack`.
    func choose<Value>(
        _ question: String, _ choices: [Choice<Value>], selected: Int? = 0, isStep: Bool = true, help: String? = nil,
        preamble: (() -> Void)? = nil
    ) throws -> Value {
        let rows = choices.map { $0.cells.map(\.printable) }
        let texts = rows.map { $0.joined(separator: "\t") }
        if isStep, let text = answers.next(to: question, if: texts.contains), let index = texts.firstIndex(of: text) {
            return choices[index].value
        }
        let earlier = isStep ? answers.earlier(question).flatMap(texts.firstIndex) : nil
        let canGoBack = answers.canGoBack
        let index =
            isPlain
            ? try PlainQuestion.choose(question, rows, earlier ?? selected, canGoBack: canGoBack, help: help)
            : try Menu(question, rows, earlier ?? selected, style, canGoBack: canGoBack, help: help, preamble: preamble)
                .choose()
        if isStep { answers.note(question, texts[index]) }
        return choices[index].value
    }

    /// Asks for a line of text until `check` accepts it: `check` returns what is wrong with it, or nil. What was typed
    /// stands there again then.
    /// - Parameter help: what `?` shows.
    /// - Throws: `Cancelled`, or `GoBack`.
    func ask(
        _ question: String, default standard: String = "", help: String? = nil, check: (String) -> String?
    ) throws -> String {
        if let text = answers.next(to: question, if: { check($0) == nil }) { return text }
        let offered = answers.earlier(question) ?? standard
        var text = offered
        let canGoBack = answers.canGoBack
        let hints = [help == nil ? nil : "? shows help", canGoBack && !isPlain ? "Esc goes back" : nil]
        let hint = hints.compactMap(\.self).joined(separator: ", ")
        if !hint.isEmpty { say(style("  \(hint)", .dim)) }
        while true {
            let before = text
            text =
                isPlain
                ? try PlainQuestion.ask(question, text, canGoBack: canGoBack)
                : try TextField(question, text, style, canGoBack: canGoBack).ask()
            if let help, text == "?" {
                Dialogue.show(help: help)
                text = before
            } else if let problem = check(text) {
                say(style("  \(problem)", .yellow))
                if isPlain { text = offered }
            } else {
                answers.note(question, text, standard: standard)
                return text
            }
        }
    }

    static func show(help: String) { say("  \(Columns.wrap(help, indent: 2))") }

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
    /// - Throws: `Cancelled`, or `GoBack`.
    func confirm(_ question: String, yes: String = "Yes", no: String = "No", isStep: Bool = true) throws -> Bool {
        try choose(question, [Choice(true, yes), Choice(false, no)], isStep: isStep)
    }
}
