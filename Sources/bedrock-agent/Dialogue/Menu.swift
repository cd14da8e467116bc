import Glibc
import Host
import SessionHealth

/// Lines to choose one from with the arrow keys; typing leaves those that hold what was typed.
struct Menu {
    /// More would fill the screen.
    private static let mostRows = 12

    private let question: String
    private let rows: [String]
    private let style: Style
    private var filter = ""
    private var selected: Int
    private var found: [Int]
    /// How many lines are on the screen.
    private var drawn = 0

    init(_ question: String, _ rows: [[String]], _ selected: Int, _ style: Style) {
        self.question = question
        self.rows = Menu.aligned(rows)
        self.selected = selected
        self.style = style
        found = Array(rows.indices)
    }

    /// The rows with their cells one below the other. What a row ends with needs no room.
    static func aligned(_ rows: [[String]]) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { $0.count > column + 1 ? Columns.count($0[column]) : 0 }.max() ?? 0
        }
        return rows.map { row in
            zip(row, widths).map { Columns.pad($0, to: $1) }.joined(separator: "  ").trimmedEnd
        }
    }

    /// - Returns: the index of the row.
    func choose() throws -> Int {
        var menu = self
        let keyboard = Keyboard()
        menu.draw()
        while true {
            switch keyboard.next() {
            case .enter:
                guard menu.found.indices.contains(menu.selected) else { continue }
                menu.erase()
                return menu.found[menu.selected]
            case .leave:
                menu.erase()
                throw Cancelled()
            case .up: menu.move(by: -1)
            case .down: menu.move(by: 1)
            case .pageUp: menu.move(by: -Menu.mostRows)
            case .pageDown: menu.move(by: Menu.mostRows)
            case .home: menu.move(by: -menu.found.count)
            case .end: menu.move(by: menu.found.count)
            case .backspace: menu.filter(by: String(menu.filter.dropLast()))
            case .clear: menu.filter(by: "")
            case .character(let character): menu.filter(by: menu.filter + String(character))
            case .other: continue
            }
            menu.draw()
        }
    }

    private mutating func move(by count: Int) {
        selected = max(0, min(found.count - 1, selected + count))
    }

    private mutating func filter(by text: String) {
        let kept = found.indices.contains(selected) ? found[selected] : nil
        filter = text
        found = rows.indices.filter { text.isEmpty || rows[$0].lowercased().contains(text.lowercased()) }
        selected = kept.flatMap { found.firstIndex(of: $0) } ?? 0
    }

    private mutating func draw() {
        let width = Columns.ofTerminal - 1
        let height = max(1, min(Menu.mostRows, Columns.linesOfTerminal - 4, found.count))
        let first = max(0, min(selected - height / 2, found.count - height))
        var lines = [style(Columns.cut(question, to: width), .bold)]
        for index in first..<min(first + height, found.count) {
            let row = Columns.cut(rows[found[index]], to: width - 2)
            lines.append(index == selected ? style("> \(row)", .cyan) : "  \(row)")
        }
        if found.isEmpty { lines.append("  no match for \"\(filter.printable)\"") }
        lines.append(style(Columns.cut(hint(height), to: width), .dim))
        let text = top + lines.joined(separator: "\u{1b}[K\n") + "\u{1b}[K\u{1b}[J"
        StandardOutput.write(Array(text.utf8))
        drawn = lines.count
    }

    private func hint(_ height: Int) -> String {
        if !filter.isEmpty { return "  matching \"\(filter.printable)\"; Enter selects, Esc cancels" }
        let more = rows.count > height ? "\(rows.count) in all, type to filter; " : ""
        return "  \(more)Enter selects, Esc cancels"
    }

    /// To where the menu begins.
    private var top: String { drawn > 1 ? "\r\u{1b}[\(drawn - 1)A" : "\r" }

    private mutating func erase() {
        StandardOutput.write(Array("\(top)\u{1b}[J".utf8))
        drawn = 0
    }
}

extension String {
    fileprivate var trimmedEnd: String { String(reversed().drop(while: { $0 == " " }).reversed()) }
}
