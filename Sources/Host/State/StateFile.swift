import SessionHealth

/// `state.json`: the daemon's state across restarts.
package struct StateFile {
    private let path: String
    private static let limit = 16 << 20
    /// The file's bytes when it was last read or written here.
    private var known: [UInt8]?

    package init(path: String) { self.path = path }

    /// The saved state; empty without a file.
    /// - Throws: `SystemError`, `UnreadableRecord`, or `NewerRecord`.
    package func read() throws -> AgentState { try bytes().map(state) ?? AgentState() }

    private func bytes() throws(SystemError) -> [UInt8]? { try FileContent(of: path, limit: StateFile.limit)?.bytes }

    private func state(_ bytes: [UInt8]) throws -> AgentState {
        if let version = try? JSONCoding.decode(Version.self, from: bytes).version, version > AgentState.version {
            throw NewerRecord(path: path, version: version, known: AgentState.version)
        }
        guard let state = try? JSONCoding.decode(AgentState.self, from: bytes) else {
            throw UnreadableRecord(path: path)
        }
        return state
    }

    /// The part that is the same in every version.
    private struct Version: Decodable { var version: Int }

    /// The same, but an unreadable file counts as empty; also returns the reason.
    /// - Parameter isKept: rename such a file, because it is about to be overwritten.
    package mutating func recalled(keepingUnreadable isKept: Bool = false) -> Recalled {
        do {
            known = try bytes()
            return Recalled(state: try known.map(state) ?? AgentState())
        } catch {
            let isPassing = (error as? SystemError)?.isPassing ?? false
            if isKept, !isPassing { UnreadableRecord(path: path).setAside() }
            return Recalled(state: AgentState(), damage: "\(error)", isPassing: isPassing)
        }
    }

    package struct Recalled {
        package var state: AgentState
        package var damage: String?
        /// The next reading may succeed.
        package var isPassing = false
    }

    /// Writes it, unless somebody else has written it since it was last read or written here.
    /// - Returns: what is there then.
    package mutating func save(_ new: AgentState) throws -> AgentState? {
        let now = try bytes()
        if let now, now != known {
            do {
                let found = try state(now)
                known = now
                return found
            } catch is UnreadableRecord {
                // Nothing to keep.
            }
        }
        try write(new)
        return nil
    }

    /// What a later version has put into it stays in it.
    package mutating func write(_ new: AgentState) throws {
        let bytes = UnknownMembers.kept(in: new, from: known, read: known.flatMap { try? state($0) })
        try AtomicWrite.write(bytes, to: path)
        known = bytes
    }
}

/// A newer version of this program wrote one of our own files.
package struct NewerRecord: Error, CustomStringConvertible {
    package let path: String
    package let version: Int
    package let known: Int

    package var description: String {
        "\(path) has version \(version); this bedrock-agent supports version \(known): install the newer bedrock-agent again"
    }
}
