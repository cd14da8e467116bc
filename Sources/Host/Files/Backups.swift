import FoundationEssentials
import Glibc
import SessionHealth

/// Copies of a file from before each change, in our own folder, e.g. `config.20261123T090000Z-00`.
package struct Backups: Sendable {
    private static let kept = 10

    package let folder: String
    /// How the names of the copies begin.
    private let name: String
    /// The same of earlier versions, which did not tell several folders of Claude Code apart.
    private let earlierName: String

    package init(of path: String, in folder: String) {
        self.folder = folder
        earlierName = path.split(separator: "/").last.map(String.init) ?? "file"
        // One folder's settings are no copy of another's.
        name = earlierName == "settings.json" ? SettingsName.name(for: path) : earlierName
    }

    /// Saves a copy (0600).
    /// - Returns: the path of the copy.
    func keep(_ bytes: [UInt8], at now: Date) throws(SystemError) -> String {
        try Folder.create(folder)
        let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
        let time = now.formatted(style)
        // Two digits, so that copies made within one second sort by age.
        for number in 0..<100 {
            let path = "\(folder)/\(name).\(time)-\(number < 10 ? "0" : "")\(number)"
            if access(path, F_OK) == 0 { continue }
            try AtomicWrite.write(bytes, to: path)
            return path
        }
        throw SystemError("keep a backup in", folder, EEXIST)
    }

    /// Keeps the ten newest copies and removes the others.
    func prune() {
        for name in names().dropLast(Self.kept) { unlink("\(folder)/\(name)") }
    }

    /// The contents of the copies; unreadable ones are left out.
    /// - Parameter limit: bytes of each; a longer one is left out, too.
    func newestFirst(limit: Int = SettingsLayer.largest) -> [[UInt8]] {
        names().reversed().compactMap { name in
            (try? FileContent(of: "\(folder)/\(name)", limit: limit))??.bytes
        }
    }

    /// The names of the copies, oldest first.
    package func names() -> [String] {
        (name == earlierName ? [] : names(earlierName)) + names(name)
    }

    private func names(_ beginning: String) -> [String] {
        Folder.names(in: folder).filter {
            $0.hasPrefix("\(beginning).") && Self.isTime($0.dropFirst(beginning.count + 1))
        }
    }

    /// Not of `config.json`, where `config` is asked for.
    private static func isTime(_ rest: Substring) -> Bool {
        rest.map { $0.isASCII && $0.isNumber ? "0" : $0 } == Array("00000000T000000Z-00")
    }
}
