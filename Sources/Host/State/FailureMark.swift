import Glibc
import SessionHealth

/// A file that Claude Code watches: which of its sessions failed last for want of credentials.
package struct FailureMark {
    package let path: String
    private static let limit = 1 << 10

    package init(_ paths: Paths) { path = "\(paths.stateFolder)/\(HooksSetting.watchedFile)" }

    /// The session that failed last; nil if none has.
    package var session: String? {
        guard let bytes = try? FileContent(of: path, limit: FailureMark.limit)?.bytes, !bytes.isEmpty else {
            return nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Makes the file where there is none, so that it can be watched.
    package func prepare() throws(SystemError) { try write("", O_CREAT) }

    /// - Parameter session: of Claude Code's.
    package func set(_ session: String) throws(SystemError) { try write(session, O_CREAT | O_TRUNC) }

    /// In place: whoever watches it sees one change. It is no loss if it comes to nothing.
    private func write(_ text: String, _ flags: Int32) throws(SystemError) {
        try Folder.makePrivate(Folder.holding(path))
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags, 0o600)
        guard descriptor >= 0 else { throw SystemError("write", path) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8.prefix(FailureMark.limit))
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw SystemError("write", path) }
    }
}
