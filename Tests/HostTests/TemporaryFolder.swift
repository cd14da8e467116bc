import FoundationEssentials
import Glibc
import Host

/// A temporary folder for one test, removed with its contents when the test ends.
final class TemporaryFolder {
    let path: String

    init() {
        var template = Array("/tmp/bedrock-agent-test.XXXXXX".utf8CString)
        path = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
    }

    deinit {
        guard path != "/tmp" else { return }
        try? FileManager.default.removeItem(atPath: path)
    }

    subscript(name: String) -> String { "\(path)/\(name)" }

    /// Writes a file in place, without the precautions under test.
    func write(_ text: String, to name: String, mode: mode_t = 0o644) {
        let descriptor = open(self[name], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        let bytes = Array(text.utf8)
        Glibc.write(descriptor, bytes, bytes.count)
        fchmod(descriptor, mode)
        close(descriptor)
    }

    /// The text of a file; nil if it does not exist.
    func text(of name: String) -> String? {
        guard let content = try? FileContent(of: self[name], limit: 4 << 20) else { return nil }
        return String(decoding: content.bytes, as: UTF8.self)
    }

    func mode(of name: String) -> mode_t? {
        var status = stat()
        return lstat(self[name], &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    /// The names in a subfolder, sorted.
    func names(in name: String = ".") -> [String] {
        Folder.names(in: self[name])
    }
}
