import Glibc
import Host
import SessionHealth

/// A line to type, on which what is taken by Enter stands already.
struct TextField {
    private let question: String
    private let style: Style
    private var text: String

    init(_ question: String, _ text: String, _ style: Style) {
        self.question = question
        self.text = text
        self.style = style
    }

    func ask() throws -> String {
        var field = self
        let keyboard = Keyboard()
        field.draw()
        while true {
            switch keyboard.next() {
            case .enter:
                field.draw(isOver: true)
                return field.text.trimmed
            case .leave:
                field.draw(isOver: true)
                throw Cancelled()
            case .backspace: if !field.text.isEmpty { field.text.removeLast() }
            case .clear: field.text = ""
            case .character(let character): field.text.append(character)
            case .up, .down, .pageUp, .pageDown, .home, .end, .other: break
            }
            field.draw()
        }
    }

    /// The end of a text that is longer than the line is what one sees.
    private func draw(isOver: Bool = false) {
        let width = Columns.ofTerminal
        let room = max(8, width - Columns.count(question) - 4)
        let label = Columns.cut(question, to: max(4, width - room - 4))
        // Of a long text that is pasted, each letter is drawn.
        var shown = String(text.suffix(room)).printable
        while Columns.count(shown) > room { shown.removeFirst() }
        StandardOutput.write(Array("\r\u{1b}[K\(style(label, .bold)): \(shown)\(isOver ? "\n" : "")".utf8))
    }
}

extension String {
    /// Without the white space around it.
    var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
