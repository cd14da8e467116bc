import Glibc
import Host
import SessionHealth

/// The files that a sign-in writes, as they were before it: for a setup that the person cancels.
struct TokenSnapshot {
    private let folder: String
    private let before: [(path: String, content: FileContent?)]
    private var after: [FileContent?] = []

    private static let limit = 1 << 20

    init(of session: SSOSession, in folder: String) throws {
        self.folder = folder
        before = try [session.tokenFileName, session.registrationFileName].map { name in
            let path = "\(folder)/\(name)"
            return (path, try FileContent(of: path, limit: TokenSnapshot.limit))
        }
    }

    /// To be called when the sign-in has ended: what others write afterwards is not ours to undo.
    mutating func signInEnded() {
        after = before.map { try? FileContent(of: $0.path, limit: TokenSnapshot.limit) }
    }

    /// Puts back what was there, unless somebody has written since.
    /// - Parameter kept: names of files that stay as they are.
    func restore(except kept: [String] = []) {
        for ((path, content), written) in zip(before, after) where !kept.contains(where: { path == "\(folder)/\($0)" })
        {
            guard let written, written != content, (try? FileContent(of: path, limit: TokenSnapshot.limit)) == written
            else { continue }
            if let content {
                _ = try? FileSwap.replace(at: path, over: written, with: content.bytes, limit: TokenSnapshot.limit)
            } else {
                unlink(path)
            }
        }
        // Folders that are not empty stay.
        for path in [folder, Folder.holding(folder)] where rmdir(path) != 0 { break }
    }
}
