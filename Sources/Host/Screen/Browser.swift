import Glibc

/// The person's browser.
package enum Browser {
    /// Opens a page by the first that can be run of `BROWSER`, `xdg-open`, and WSL's `wslview`. It goes on without us, and
    /// nobody waits for it: where there is none, the person has the address.
    package static func open(_ url: String, _ environment: [String: String]) {
        let usual = ["xdg-open", "wslview"].filter { Programs.inPath($0, environment) != nil }.map { "\($0) \"$1\"" }
        let commands = chosen(environment["BROWSER"] ?? "") + usual
        guard !commands.isEmpty else { return }
        // Some return at once, others when the browser is closed. 3 is xdg-open's "a required tool could not be found".
        let script = commands.map { "\($0)\ncase $? in 3 | 126 | 127) ;; *) exit ;; esac" }.joined(separator: "\n")
        // The address is no part of the script.
        let nowhere = OwnedDescriptor(Glibc.open("/dev/null", O_WRONLY | O_CLOEXEC))
        _ = try? Spawn.apart(
            ["/bin/sh", "-c", script, "sh", url], environment: environment, output: nowhere, errors: nowhere)
    }

    /// `BROWSER` is a list of commands, in which `%s` stands for the address; without it, that comes last.
    private static func chosen(_ list: String) -> [String] {
        list.split(separator: ":").map { command in
            var command = command.filter { !$0.isNewline }
            while command.hasSuffix(" ") || command.hasSuffix("&") { command.removeLast() }
            return command.contains("%s") ? command.replacing("%s", with: "\"$1\"") : "\(command) \"$1\""
        }
    }
}
