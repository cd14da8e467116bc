import Glibc
import SessionHealth

/// Where our other executable is: beside this one, as a build leaves it, or in `../libexec`, as it is installed.
enum Programs {
    /// The path of `bedrock-agent-net`.
    static var net: String {
        get throws(SystemError) {
            let here = Folder.holding(try AtomicWrite.realPath(of: "/proc/self/exe"))
            for candidate in ["\(here)/bedrock-agent-net", "\(here)/../libexec/bedrock-agent-net"]
            where access(candidate, X_OK) == 0 {
                return candidate
            }
            throw SystemError("find", "\(here)/../libexec/bedrock-agent-net", ENOENT)
        }
    }
}
