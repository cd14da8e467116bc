import FoundationEssentials
import Glibc
import SessionHealth

/// Copies of a file as it was before each change, in a folder of ours: `settings.json.20261123T090000Z-00`.
package struct Backups: Sendable {
    private static let kept = 10

    package let folder: String
    /// The name of the file that they are of.
    package let name: String

    package init(of path: String, in folder: String) {
        self.folder = folder
        name = path.split(separator: "/").last.map(String.init) ?? "file"
    }

    /// Keeps a copy, for its owner only (0600).
    /// - Returns: its path.
    func keep(_ bytes: [UInt8], at now: Date) throws(SystemError) -> String {
        try Folder.create(folder)
        let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
        let time = now.formatted(style)
        // Two digits sort by age within a second.
        for number in 0..<100 {
            let path = "\(folder)/\(name).\(time)-\(number < 10 ? "0" : "")\(number)"
            if access(path, F_OK) == 0 { continue }
            try AtomicWrite.write(bytes, to: path)
            return path
        }
        throw SystemError("keep a backup in", folder, EEXIST)
    }

    /// Removes all but the newest ten.
    func prune() {
        for name in names().dropLast(Self.kept) { unlink("\(folder)/\(name)") }
    }

    /// What they hold; those that cannot be read are left out.
    func newestFirst() -> [[UInt8]] {
        names().reversed().compactMap { name in
            (try? FileContent(of: "\(folder)/\(name)", limit: SettingsLayer.largest))??.bytes
        }
    }

    /// The names of the copies, oldest first.
    package func names() -> [String] {
        Folder.names(in: folder).filter { $0.hasPrefix("\(name).") && $0.contains("Z-") }
    }
}
