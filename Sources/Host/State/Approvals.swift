import SessionHealth

/// The `awsAuthRefresh` commands that the user has approved, oldest first: `approvals.json`.
package struct Approvals {
    private let path: String
    private static let limit = 1 << 20

    package init(path: String) { self.path = path }

    /// - Throws: `SystemError`, or what is wrong with the file.
    package func commands() throws -> [String] {
        guard let file = try FileContent(of: path, limit: Approvals.limit) else { return [] }
        do {
            return try JSONCoding.decode([String].self, from: file.bytes)
        } catch {
            throw UnreadableRecord(path: path)
        }
    }

    /// - Parameter patience: where another process holds the lock.
    package func approve(_ command: String, _ patience: FileLock.Patience = .command) throws {
        try Folder.create(Folder.holding(path))
        let lock = try FileLock(path + ".lock", patience)
        defer { lock.release() }
        let others = try known().filter { !$0.isSpelled(as: command) }
        try AtomicWrite.write(JSONCoding.encode(others.suffix(19) + [command], isPretty: true), to: path)
    }

    /// A damaged file is begun anew; one that cannot be read now is not.
    private func known() throws -> [String] {
        do {
            return try commands()
        } catch let error as UnreadableRecord {
            error.setAside()
            return []
        }
    }

    /// Withdraws these approvals.
    package func withdraw(_ withdrawn: [String]) throws {
        guard try commands().contains(where: withdrawn.containsSpelled) else { return }
        let lock = try FileLock(path + ".lock")
        defer { lock.release() }
        let others = try commands().filter { !withdrawn.containsSpelled($0) }
        try AtomicWrite.write(JSONCoding.encode(others, isPretty: true), to: path)
    }
}
