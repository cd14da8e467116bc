import Host
import SessionHealth

/// Tells the person where to sign in, each thing once.
final class SignInPrompt {
    private let screen: SignInPlace.Screen?
    private var shown: [String?] = []

    init(_ place: SignInPlace) { screen = place.screen }

    func show(url: String?, code: String?) {
        guard let url, shown != [url, code] else { return }
        shown = [url, code]
        say("Sign in at \(url.printable)\(code.map { "\nwith the code \($0.printable)" } ?? "")")
        if let drawing = drawing(SignInOutput(url: url, code: code)) { say(drawing.lines.joined(separator: "\n")) }
    }

    private func drawing(_ output: SignInOutput) -> QRDrawing? {
        guard let screen, let url = output.completeURL, let code = QRCode(of: url) else { return nil }
        let drawing = QRDrawing(width: code.width, isDark: code.isDark, style: screen.style)
        return drawing.columns <= screen.columns ? drawing : nil
    }
}
