import Glibc
import Host
import SessionHealth

/// A line to type, on which what is taken by Enter stands already.
struct TextField {
    private let question: String
    private let style: Style
    private let canGoBack: Bool
    private var text: [Character]
    /// Before which character the next one goes.
    private var cursor: Int

    init(_ question: String, _ text: String, _ style: Style, canGoBack: Bool) {
        self.question = question
        self.text = Array(text)
        self.style = style
        self.canGoBack = canGoBack
        cursor = self.text.count
    }

    /// - Throws: `Cancelled`, or `GoBack`.
    func ask() throws -> String {
        var field = self
        let keyboard = Keyboard()
        field.draw()
        while true {
            switch keyboard.next() {
            case .enter:
                field.end()
                return String(field.text).trimmed
            case .escape where canGoBack:
                field.end()
                throw GoBack()
            case .leave, .escape:
                field.end()
                throw Cancelled()
            case .backspace:
                guard field.cursor > 0 else { continue }
                field.cursor -= 1
                field.text.remove(at: field.cursor)
            case .delete: if field.cursor < field.text.count { field.text.remove(at: field.cursor) }
            case .clear:
                field.text = []
                field.cursor = 0
            case .character(let character):
                field.text.insert(character, at: field.cursor)
                field.cursor += 1
            case .left: field.cursor = max(0, field.cursor - 1)
            case .right: field.cursor = min(field.text.count, field.cursor + 1)
            case .home: field.cursor = 0
            case .end: field.cursor = field.text.count
            case .resized: clearScreen()
            case .up, .down, .pageUp, .pageDown, .other: break
            }
            field.draw()
        }
    }

    private mutating func end() {
        cursor = text.count
        draw()
        say("")
    }

    /// Of a text that is longer than the line, one sees what is around the cursor.
    private func draw() {
        let width = Columns.ofTerminal
        let room = max(8, width - Columns.count(question) - 4)
        let label = Columns.cut(question, to: max(4, width - room - 4))
        var before = String(text[..<cursor].suffix(room)).printable
        while Columns.count(before) > room { before.removeFirst() }
        var after = String(text[cursor...].prefix(room)).printable
        while Columns.count(before) + Columns.count(after) > room {
            // The end of a text is what one goes on with.
            if Columns.count(before) > room / 2, !after.isEmpty { before.removeFirst() } else { after.removeLast() }
        }
        let back = Columns.count(after)
        let moves = back > 0 ? "\u{1b}[\(back)D" : ""
        StandardOutput.write(Array("\r\u{1b}[K\(style(label, .bold)): \(before)\(after)\(moves)".utf8))
    }
}

/// After the terminal has had another size, nobody knows where the lines of before are.
func clearScreen() { StandardOutput.write(Array("\u{1b}[H\u{1b}[2J".utf8)) }

extension String {
    /// Without the white space around it.
    var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
