import FoundationEssentials
import Glibc
import SessionHealth

/// A sign-in that somebody else runs, such as `aws sso login` by Claude Code: it holds no lock of ours, and a tab is open
/// for it.
package enum ForeignSignIn {
    /// Seconds that one may take. Claude Code kills its own then; in a terminal, it may have been forgotten.
    private static let longest: TimeInterval = 180
    /// Bytes of a command line.
    private static let limit = 1 << 20

    /// Whether the user runs the AWS CLI's sign-in in this home, to whatever session.
    package static func isUnderWay(home: String) -> Bool {
        Folder.names(in: "/proc").contains { name in
            guard let pid = pid_t(name), let file = try? FileContent(of: "/proc/\(name)/cmdline", limit: limit),
                file.owner == geteuid()
            else { return false }
            let words = file.bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            return isSignIn(words) && isRecent(pid) && ProcessSession.holds(pid, "HOME=\(home)")
        }
    }

    /// Such as `/usr/bin/python3 /usr/bin/aws --profile work sso login`; a shell's `-c` is one word, and none.
    static func isSignIn(_ words: [String]) -> Bool {
        guard let program = words.firstIndex(where: { $0.split(separator: "/").last == "aws" }) else { return false }
        let arguments = words[(program + 1)...]
        return zip(arguments, arguments.dropFirst()).contains { $0 == "sso" && $1 == "login" }
    }

    private static func isRecent(_ pid: pid_t) -> Bool {
        ProcessSession.age(of: pid).map { $0 <= longest } ?? false
    }
}
