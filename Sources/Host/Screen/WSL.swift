import Glibc
import SessionHealth

/// Windows Subsystem for Linux: the person's screen and browser are Windows's.
package enum WSL {
    /// - Parameter environment: of this process; services lack the variables.
    package static func isHere(_ environment: [String: String]) -> Bool {
        if ["WSL_DISTRO_NAME", "WSL_INTEROP"].contains(where: { environment[$0]?.isEmpty == false }) { return true }
        let release = try? FileContent(of: "/proc/sys/kernel/osrelease", limit: 4096)
        return String(decoding: release?.bytes ?? [], as: UTF8.self).lowercased().contains("microsoft")
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
