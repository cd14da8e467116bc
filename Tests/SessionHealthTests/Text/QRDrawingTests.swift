import SessionHealth
import Testing

@Suite struct QRDrawingTests {
    /// Light modules are drawn and dark ones left blank, which is right on a dark terminal even without colors.
    @Test func halfBlocks() {
        let drawing = QRDrawing(width: 1, isDark: [true], style: Style(isColored: false))
        #expect(drawing.columns == 9)
        #expect(drawing.lines == ["█████████", "█████████", "████▄████", "█████████", "▀▀▀▀▀▀▀▀▀"])
    }

    @Test func itsOwnColours() {
        let plain = QRDrawing(width: 2, isDark: [true, false, false, true], style: Style(isColored: false))
        let colored = QRDrawing(width: 2, isDark: [true, false, false, true], style: Style(isColored: true))
        #expect(plain.lines[2] == "████▄▀████")
        #expect(colored.lines == plain.lines.map { "\u{1b}[40;97m\($0)\u{1b}[0m" })
    }
}
