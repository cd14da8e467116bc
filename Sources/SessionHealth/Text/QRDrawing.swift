/// A QR code drawn with half blocks, two rows of modules on a line of text.
package struct QRDrawing: Equatable, Sendable {
    /// Columns that it takes.
    package let columns: Int
    package let lines: [String]

    /// Modules of white that a reader wants around it.
    private static let quietZone = 4

    /// - Parameters:
    ///   - width: modules a side.
    ///   - isDark: line by line.
    ///   - style: where it is coloured, black and white are asked of the terminal; else its own colours serve, light on
    ///     dark.
    package init(width: Int, isDark: [Bool], style: Style) {
        let zone = QRDrawing.quietZone
        let columns = width + 2 * zone
        func isLight(_ row: Int, _ column: Int) -> Bool {
            let (row, column) = (row - zone, column - zone)
            guard (0..<width).contains(row), (0..<width).contains(column) else { return true }
            return !isDark[row * width + column]
        }
        self.columns = columns
        lines = stride(from: 0, to: columns, by: 2).map { row in
            var line = ""
            for column in 0..<columns {
                // Below an odd last row there is nothing.
                switch (isLight(row, column), row + 1 < columns && isLight(row + 1, column)) {
                case (true, true): line += "█"
                case (true, false): line += "▀"
                case (false, true): line += "▄"
                case (false, false): line += " "
                }
            }
            return style(line, .whiteOnBlack)
        }
    }
}
