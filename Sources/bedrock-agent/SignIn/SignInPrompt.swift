import FoundationEssentials
import Host
import SessionHealth

/// Tells the person where to sign in, each thing once.
final class SignInPrompt {
    private let place: SignInPlace
    private var screen: SignInPlace.Screen? { place.screen }
    private let limit: TimeInterval
    private let deviceCommand: String?
    private var shown: [String?] = []

    /// - Parameters:
    ///   - limit: seconds for the person.
    ///   - deviceCommand: what signs in on another device; nil where there is no such command.
    init(_ place: SignInPlace, limit: TimeInterval, deviceCommand: String?) {
        self.place = place
        self.limit = limit
        self.deviceCommand = deviceCommand
    }

    func show(url: String?, code: String?) {
        guard let url, shown != [url, code] else { return }
        let isFirst = shown.isEmpty
        shown = [url, code]
        if isFirst, place.isTyped, place.opensBrowser { say("A browser opens. If none does:") }
        say("Sign in at \(url.printable)\(code.map { "\nwith the code \($0.printable)" } ?? "")")
        if let drawing = drawing(SignInOutput(url: url, code: code)) { say(drawing.lines.joined(separator: "\n")) }
        guard isFirst, place.isTyped else { return }
        say("Waiting for \(Int(limit)) s at most; Ctrl-C cancels.")
        if code == nil, let deviceCommand { say("To sign in on another device: Ctrl-C, then \(deviceCommand)") }
    }

    private func drawing(_ output: SignInOutput) -> QRDrawing? {
        guard let screen, let url = output.completeURL, let code = QRCode(of: url) else { return nil }
        let drawing = QRDrawing(width: code.width, isDark: code.isDark, style: screen.style)
        return drawing.columns <= screen.columns ? drawing : nil
    }
}
