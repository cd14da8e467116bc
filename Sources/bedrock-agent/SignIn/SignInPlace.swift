import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// Where the person who signs in is: whether a browser can open, and what this terminal can show.
struct SignInPlace: Equatable {
    /// The person opens the page on whatever device has a browser, and types or compares a code there.
    let isDeviceFlow: Bool
    let opensBrowser: Bool
    /// A person typed the command; Claude Code gives its commands no terminal to read from.
    let isTyped: Bool
    /// Nil where no QR code can be drawn.
    let screen: Screen?

    struct Screen: Equatable {
        var columns: Int
        var style: Style
    }

    /// - Parameters:
    ///   - environment: of this process.
    ///   - asksForCode: `--device-code` was given.
    init(environment: [String: String], asksForCode: Bool) {
        let isNear = !Presence.isOverSSH(environment) && !asksForCode
        let hasScreen = Presence.hasDisplay(environment) || WSL.isHere(environment)
        // The long address of a page that calls back is of no use elsewhere, and nobody types it.
        let isAtScreen = isNear && hasScreen && Browser.isThere(environment)
        isDeviceFlow = !isAtScreen
        // An editor that is connected from elsewhere sets BROWSER to what opens a page there.
        opensBrowser = isAtScreen || (environment["BROWSER"]?.isEmpty == false && !asksForCode)
        isTyped = isatty(STDIN_FILENO) == 1
        var size = winsize()
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let isUTF8 = ["utf-8", "utf8"].contains { locale.lowercased().contains($0) }
        if isDeviceFlow, isUTF8, !Style.isDumb(environment), ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 {
            screen = Screen(columns: Int(size.ws_col), style: Style(for: STDOUT_FILENO, environment: environment))
        } else {
            screen = nil
        }
    }
}
