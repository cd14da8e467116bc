import Crypto
import FoundationEssentials
import Glibc
import SessionHealth

/// A copy of the user's settings as they last were all right, for `setup --repair`: mode 0600, in our own folder, as the
/// backups are.
package struct GoodSettings {
    private let path: String
    private let copy: String
    private let backups: Backups

    package init(of path: String, stateFolder: String) {
        self.path = path
        // Another CLAUDE_CONFIG_DIR has other settings.
        let digest = SHA256.hash(data: Array(path.utf8)).prefix(6).map {
            ($0 < 16 ? "0" : "") + String($0, radix: 16)
        }
        copy = "\(stateFolder)/good/settings-\(digest.joined()).json"
        backups = Backups(of: path, in: "\(stateFolder)/backups")
    }

    /// Keeps the file as it is now, where it differs from what is kept. What it says is wiped from memory: settings may
    /// hold secrets.
    package func keep() throws(SystemError) {
        let now = try SecretBytes(reading: path)
        let isWhole = now.withBytes { bytes in
            (try? JSONNode(parsing: bytes)).map { $0.isObject && !$0.isHollow } ?? false
        }
        guard isWhole else { return }
        if let kept = try? SecretBytes(reading: copy), kept.fingerprint == now.fingerprint { return }
        try Folder.create(Folder.holding(copy))
        try now.withBytes { (bytes) throws(SystemError) in try AtomicWrite.write(bytes.bytes, to: copy) }
    }

    /// The newest that is any good of what was kept: this copy, and the backups from before each change of ours.
    package func newest() -> SettingsRepair.Copy? {
        let old = backups.names().map { (path: "\(backups.folder)/\($0)", hasOurs: false) }
        let paths = old + [(path: copy, hasOurs: true)]
        let dated = paths.compactMap { entry -> (SettingsRepair.Copy, written: Double)? in
            var status = stat()
            guard stat(entry.path, &status) == 0,
                let file = try? FileContent(of: entry.path, limit: SettingsLayer.largest),
                let root = try? JSONNode(parsing: file.bytes.span), root.isObject, !root.isHollow
            else { return nil }
            let written = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
            return (.init(bytes: file.bytes, hasOurs: entry.hasOurs), written)
        }
        return dated.max { $0.written < $1.written }?.0
    }
}
