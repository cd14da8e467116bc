import Glibc
import SessionHealth

/// `state.json`: the daemon's state across restarts.
package struct StateFile {
    private let path: String
    private static let limit = 16 << 20

    package init(path: String) { self.path = path }

    /// The saved state; empty without a file.
    /// - Throws: `SystemError`, `UnreadableRecord`, or `NewerRecord`.
    package func read() throws -> AgentState {
        guard let file = try FileContent(of: path, limit: StateFile.limit) else { return AgentState() }
        if let version = try? JSONCoding.decode(Version.self, from: file.bytes).version, version > AgentState.version {
            throw NewerRecord(path: path, version: version, known: AgentState.version)
        }
        guard let state = try? JSONCoding.decode(AgentState.self, from: file.bytes) else {
            throw UnreadableRecord(path: path)
        }
        return state
    }

    /// The part that is the same in every version.
    private struct Version: Decodable { var version: Int }

    /// The same, but an unreadable file counts as empty; also returns the reason.
    /// - Parameter isKept: rename such a file, because it is about to be overwritten.
    package func recalled(keepingUnreadable isKept: Bool = false) -> (state: AgentState, damage: String?) {
        do {
            return (try read(), nil)
        } catch {
            if isKept { rename(path, path + ".unreadable") }
            return (AgentState(), "\(error)")
        }
    }

    package func write(_ state: AgentState) throws {
        try AtomicWrite.write(JSONCoding.encode(state, isPretty: true), to: path)
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
