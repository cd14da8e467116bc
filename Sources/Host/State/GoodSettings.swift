import Digest
import FoundationEssentials
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
        let digest = Digest.sha256(Array(path.utf8).span).prefix(6)
        copy = "\(stateFolder)/good/settings-\(digest.hexadecimal).json"
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

    /// The newest that is any good of what was kept: this copy, else the backups from before each change of ours. One
    /// that is newer than the copy is of settings that were damaged, and repaired.
    package func newest() -> SettingsRepair.Copy? {
        let old = backups.names().reversed().map { (path: "\(backups.folder)/\($0)", hasOurs: false) }
        for (path, hasOurs) in [(path: copy, hasOurs: true)] + old {
            guard let file = try? FileContent(of: path, limit: SettingsLayer.largest),
                let root = try? JSONNode(parsing: file.bytes.span), root.isObject, !root.isHollow
            else { continue }
            return .init(bytes: file.bytes, hasOurs: hasOurs)
        }
        return nil
    }
}
