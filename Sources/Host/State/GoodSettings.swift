import FoundationEssentials
import Glibc
import SessionHealth

/// A copy of the user's settings from when they were last valid, for `setup --repair`. It is kept in our own folder
/// with mode 0600, like the backups.
package struct GoodSettings {
    private let path: String
    private let copy: String
    private let backups: Backups

    package init(of path: String, stateFolder: String) {
        self.path = path
        copy = "\(stateFolder)/good/\(SettingsName.name(for: path))"
        backups = Backups(of: path, in: "\(stateFolder)/backups")
    }

    /// Saves the file if it is valid and differs from the copy. Its content is wiped from memory: settings may hold
    /// secrets.
    package func keep() throws(SystemError) {
        let now = try SecretBytes(reading: path)
        guard Self.isWhole(now) else { return }
        if let kept = try? SecretBytes(reading: copy), kept.fingerprint == now.fingerprint { return }
        try Folder.create(Folder.holding(copy))
        try now.withBytes { (bytes) throws(SystemError) in try AtomicWrite.write(bytes.bytes, to: copy) }
    }

    /// Removes the copy: without a record of our changes, nothing is repaired with it. Beside damaged settings it stays,
    /// for whoever misses what was in them.
    package func forget() {
        if access(path, F_OK) == 0, !isWhole { return }
        unlink(copy)
    }

    private var isWhole: Bool {
        guard let settings = try? SecretBytes(reading: path) else { return false }
        return Self.isWhole(settings)
    }

    private static func isWhole(_ settings: borrowing SecretBytes) -> Bool {
        settings.withBytes { bytes in
            (try? JSONNode(parsing: bytes)).map { $0.isObject && !$0.isHollow } ?? false
        }
    }

    /// The newest valid copy: this one, or else the backups from before our changes. A backup that is newer than this
    /// copy is not preferred: it is of damaged settings, repaired since.
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
