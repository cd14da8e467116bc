import Glibc
import Host
import SessionHealth

/// Lines to choose one from with the arrow keys; typing leaves those that hold what was typed.
struct Menu {
    /// More would fill the screen.
    private static let mostRows = 12

    private let question: String
    private let rows: [[String]]
    private let style: Style
    private let canGoBack: Bool
    /// What `?` shows.
    private let help: String?
    private let preamble: (() -> Void)?
    private var filter = ""
    /// The row that was selected before a filter hid it.
    private var kept: Int?
    /// Of `found`; nil before the person has moved to one.
    private var selected: Int?
    private var found: [Int]
    /// How many lines are on the screen.
    private var drawn = 0

    /// - Parameter selected: nil for none that Enter would take.
    init(
        _ question: String, _ rows: [[String]], _ selected: Int?, _ style: Style, canGoBack: Bool, help: String?,
        preamble: (() -> Void)?
    ) {
        self.question = question
        self.rows = rows
        self.selected = selected
        self.style = style
        self.canGoBack = canGoBack
        self.help = help
        self.preamble = preamble
        found = Array(rows.indices)
    }

    /// The rows with their cells one below the other, in so many columns at most. What a row ends with needs no room.
    static func aligned(_ rows: [[String]], width limit: Int = .max) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        guard count > 1 else { return rows.map { $0.joined() } }
        func widest(_ column: Int, _ counts: (Int) -> Bool) -> Int {
            rows.map { counts($0.count) && $0.count > column ? Columns.count($0[column]) : 0 }.max() ?? 0
        }
        var widths = (0..<count).map { column in widest(column) { $0 > column + 1 } }
        // One very long name hides no other column, least of all the second.
        let ends = (0..<count).map { column in max(widths[column], widest(column) { $0 == column + 1 }) }
        for (last, least) in [(count - 1, 24), (1, 8)] where (1..<count).contains(last) {
            while widths[..<last].reduce(0, { $0 + $1 + 2 }) + min(ends[last], 24) > limit,
                let column = widths[..<last].indices.max(by: { widths[$0] < widths[$1] }), widths[column] > least
            {
                widths[column] -= 1
            }
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1
                    ? cell : Columns.pad(Columns.cut(cell, to: widths[column]), to: widths[column])
            }.joined(separator: "  ").trimmedEnd
        }
    }

    /// - Returns: the index of the row.
    /// - Throws: `Cancelled`, or `GoBack`.
    func choose() throws -> Int {
        var menu = self
        let keyboard = Keyboard()
        menu.draw()
        while true {
            switch keyboard.next() {
            case .enter:
                guard let selected = menu.selected, menu.found.indices.contains(selected) else { continue }
                menu.erase()
                return menu.found[selected]
            case .escape where canGoBack:
                menu.erase()
                throw GoBack()
            case .leave, .escape:
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
            case .character("?") where help != nil:
                menu.erase()
                Dialogue.show(help: help ?? "")
            case .character(let character): menu.filter(by: menu.filter + String(character))
            case .resized:
                clearScreen()
                preamble?()
                menu.drawn = 0
            case .left, .right, .delete, .other: continue
            }
            menu.draw()
        }
    }

    private mutating func move(by count: Int) {
        let first = count > 0 ? -1 : found.count
        selected = max(0, min(found.count - 1, (selected ?? first) + count))
    }

    private mutating func filter(by text: String) {
        if filter.isEmpty { kept = selected.map { found[$0] } }
        let current = selected.flatMap { found.indices.contains($0) ? found[$0] : nil }
        filter = text
        found = rows.indices.filter { index in
            text.isEmpty || rows[index].joined(separator: "  ").lowercased().contains(text.lowercased())
        }
        let wanted = text.isEmpty ? kept : current
        selected = wanted.flatMap { found.firstIndex(of: $0) } ?? (text.isEmpty ? nil : 0)
    }

    private mutating func draw() {
        let width = Columns.ofTerminal - 1
        let room = Columns.linesOfTerminal - 4
        let heading = Columns.fold(question, to: width)
        let end = Columns.fold(hint(isShort: rows.count > min(Menu.mostRows, room)), to: width - 2)
        let aligned = Menu.aligned(rows, width: width - 2)
        let chosen =
            selected.flatMap { found.indices.contains($0) ? whole(found[$0], aligned, width: width - 2) : nil } ?? []
        let taken = heading.count + end.count - 2 + max(0, chosen.count - 1)
        let height = max(1, min(Menu.mostRows, room - taken, found.count))
        let first = max(0, min((selected ?? 0) - height / 2, found.count - height))
        var lines = heading.map { style($0, .bold) }
        for index in first..<min(first + height, found.count) {
            guard index == selected else {
                lines.append("  \(Columns.cut(aligned[found[index]], to: width - 2))")
                continue
            }
            for (part, text) in chosen.enumerated() { lines.append(style("\(part == 0 ? ">" : " ") \(text)", .cyan)) }
        }
        if found.isEmpty { lines.append(Columns.cut("  no match for \"\(filter.printable)\"", to: width)) }
        lines += end.map { style("  \($0)", .dim) }
        let text = top + lines.joined(separator: "\u{1b}[K\n") + "\u{1b}[K\u{1b}[J"
        StandardOutput.write(Array(text.utf8))
        drawn = lines.count
    }

    /// The selected row in as many lines as it takes; what a narrow screen cuts can be read there.
    private func whole(_ row: Int, _ aligned: [String], width: Int) -> [String] {
        let isCut = rows[row].contains { !aligned[row].contains($0) } || Columns.count(aligned[row]) > width
        guard isCut else { return [aligned[row]] }
        let lines = rows[row].filter { !$0.isEmpty }.flatMap { Columns.fold($0, to: width - 2) }
        return lines.enumerated().map { $0 == 0 ? $1 : "  \($1)" }
    }

    /// - Parameter isShort: the screen does not show all rows.
    private func hint(isShort: Bool) -> String {
        let leave = canGoBack ? "Esc goes back, Ctrl-C cancels" : "Esc cancels"
        if !filter.isEmpty { return "matching \"\(filter.printable)\"; Enter selects, \(leave)" }
        let more = (help == nil ? "" : "? shows help; ") + (isShort ? "type to filter \(rows.count); " : "")
        return "\(more)\(selected == nil ? "arrow keys, then Enter" : "Enter selects"), \(leave)"
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
