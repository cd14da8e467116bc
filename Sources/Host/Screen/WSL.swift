import Glibc
import SessionHealth

/// Windows Subsystem for Linux: the person's screen and browser are Windows's.
package enum WSL {
    /// Not in a container of Docker's on Windows, which has the same kernel.
    /// - Parameter environment: of this process; services lack the variables.
    package static func isHere(_ environment: [String: String]) -> Bool {
        func isSet(_ name: String) -> Bool { environment[name]?.isEmpty == false }
        guard !Presence.isInEditorContainer(environment) else { return false }
        return isSet("WSL_DISTRO_NAME") || isSet("WSL_INTEROP") || access("/run/WSL", F_OK) == 0
    }

    /// What opens a page in Windows, as shell words that the address follows; nil without any. `cmd.exe` and
    /// `explorer.exe` do not take every address.
    static func opener(_ environment: [String: String]) -> String? {
        if Programs.inPath("wslview", environment) != nil { return "wslview" }
        let usual = "/mnt/c/Windows/System32/rundll32.exe"
        let program =
            Programs.inPath("rundll32.exe", environment) ?? (access(usual, X_OK) == 0 ? usual : nil)
        return program.map { "\(ShellWords.quoted($0)) url.dll,FileProtocolHandler" }
    }
}
