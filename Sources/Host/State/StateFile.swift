import SessionHealth

/// `state.json`: what the daemon remembers across restarts.
package struct StateFile {
    private let path: String
    private static let limit = 16 << 20

    package init(path: String) { self.path = path }

    /// What is remembered; nothing when there is no file.
    package func read() throws -> AgentState {
        guard let file = try FileContent(of: path, limit: StateFile.limit) else { return AgentState() }
        guard let state = try? JSONCoding.decode(AgentState.self, from: file.bytes), state.version == 1 else {
            throw UnreadableRecord(path: path)
        }
        return state
    }

    /// The same where a damaged file counts as none, with why it cannot be read.
    package func recalled() -> (state: AgentState, damage: String?) {
        do {
            return (try read(), nil)
        } catch {
            return (AgentState(), "\(error)")
        }
    }

    package func write(_ state: AgentState) throws {
        try AtomicWrite.write(JSONCoding.encode(state, isPretty: true), to: path)
    }
}
