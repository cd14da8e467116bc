import Glibc
import SessionHealth

/// The person's browser.
package enum Browser {
    /// Whether there is a program that opens pages.
    package static func isThere(_ environment: [String: String]) -> Bool {
        !chosen(environment).isEmpty || !usual(environment).isEmpty
    }

    private static func chosen(_ environment: [String: String]) -> [String] {
        (environment["BROWSER"] ?? "").split(separator: ":").compactMap { command(String($0)) }
    }

    private static func usual(_ environment: [String: String]) -> [String] {
        let ofWindows = WSL.isHere(environment) ? WSL.opener(environment) : nil
        return [ofWindows, Programs.inPath("xdg-open", environment) == nil ? nil : "xdg-open"].compactMap(\.self)
    }

    /// Opens a page by the first that can be run of `BROWSER`, in WSL what opens it in Windows, and `xdg-open`. It goes on
    /// without us, and nobody waits for it: where there is none, the person has the address.
    package static func open(_ url: String, _ environment: [String: String]) {
        let chosen = chosen(environment)
        let usual = usual(environment)
        guard !chosen.isEmpty || !usual.isEmpty else { return }
        // Some return at once, others when the browser is closed. 3 is xdg-open's "a required tool could not be found".
        let script =
            chosen.map { "\($0)\ncase $? in 126 | 127) ;; *) exit ;; esac" }
            + usual.map { "\($0) \"$1\"\ncase $? in 3 | 126 | 127) ;; *) exit ;; esac" }
        let nowhere = OwnedDescriptor(Glibc.open("/dev/null", O_WRONLY | O_CLOEXEC))
        // The address is no part of the script.
        _ = try? Spawn.apart(
            ["/bin/sh", "-c", script.joined(separator: "\n"), "sh", url], environment: environment, output: nowhere,
            errors: nowhere)
    }

    /// One of the commands in `BROWSER`, in which `%s` stands for the address; without it, that comes last. Nil where it
    /// cannot be read.
    private static func command(_ text: String) -> String? {
        if access(text, X_OK) == 0 { return "\(ShellWords.quoted(text)) \"$1\"" }
        var words = ShellWords.split(text) ?? []
        while let last = words.last, last == "&" { words.removeLast() }
        if let last = words.last, last.hasSuffix("&") { words[words.count - 1] = String(last.dropLast()) }
        guard !words.isEmpty else { return nil }
        if !words.contains(where: { $0.contains("%s") }) { words.append("%s") }
        return words.map { word in
            word.split(separator: "%s", omittingEmptySubsequences: false)
                .map { $0.isEmpty ? "" : ShellWords.quoted(String($0)) }.joined(separator: "\"$1\"")
        }.joined(separator: " ")
    }
}
